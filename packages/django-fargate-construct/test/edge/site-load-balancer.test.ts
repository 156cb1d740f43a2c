import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import {
  type HostedZoneDomainOptions,
  SiteDomain,
  SiteLoadBalancer,
  type SiteLoadBalancerProps,
  SiteProfile,
} from '../../src';
import { container, site, testDomain, testStack } from '../fixtures';

const zoneOf = (stack: Stack) =>
  HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const certificateOf = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'Given', 'arn:aws:acm:eu-west-1:111122223333:certificate/x');

const edge = (props: (stack: Stack) => Partial<SiteLoadBalancerProps> = () => ({})) => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc');
  const overrides = props(stack);
  const made = new SiteLoadBalancer(stack, 'Edge', {
    vpc,
    domain: overrides.domain ?? testDomain(stack),
    ...overrides,
  });
  const rule = made.forwardTo(
    new ApplicationTargetGroup(stack, 'Targets', { vpc, port: 8000, targetType: TargetType.IP }),
  );
  return { made, rule, stack, template: Template.fromStack(stack) };
};
const inZone = (options?: HostedZoneDomainOptions, name = 'www.example.com') =>
  edge((stack) => ({ domain: SiteDomain.hostedZone(zoneOf(stack), name, options) }));
const overHttp = () =>
  edge(() => ({ domain: SiteDomain.loadBalancerNameOverHttp(), profile: SiteProfile.DEVELOPMENT }));
const attribute = (template: Template, Key: string, Value: unknown) =>
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([{ Key, Value }]),
  });

describe('SiteLoadBalancer', () => {
  test('offers TLS 1.2 and 1.3 with post-quantum key exchange, and redirects port 80', () => {
    const { template, made } = edge();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } },
      ],
    });
    expect(made.url).toBe('https://www.example.com');
  });

  test.each([
    ['routing.http.drop_invalid_header_fields.enabled', 'true'],
    ['routing.http.desync_mitigation_mode', 'defensive'],
    ['routing.http.xff_header_processing.mode', 'append'],
    ['routing.http.xff_client_port.enabled', 'false'],
    ['routing.http.preserve_host_header.enabled', 'false'],
    ['routing.http2.enabled', 'true'],
    ['waf.fail_open.enabled', 'false'],
    ['deletion_protection.enabled', 'true'],
    ['idle_timeout.timeout_seconds', '60'],
  ])('sets %s to %s', (key, value) => {
    attribute(edge().template, key, value);
  });

  test('takes the idle timeout and deletion protection', () => {
    attribute(edge(() => ({ idleTimeout: Duration.seconds(95) })).template, 'idle_timeout.timeout_seconds', '95');
    attribute(edge(() => ({ deletionProtection: false })).template, 'deletion_protection.enabled', 'false');
    attribute(
      edge(() => ({ deletionProtection: true, profile: SiteProfile.DEVELOPMENT })).template,
      'deletion_protection.enabled',
      'true',
    );
  });

  test('answers over plain HTTP under its own name in development', () => {
    const { template, made, stack, rule } = overHttp();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [Match.objectLike({ Type: 'forward' })],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
    expect(rule).toBeUndefined();
    attribute(template, 'deletion_protection.enabled', 'false');
    expect(JSON.stringify(stack.resolve(made.url))).toContain('DNSName');
    expect(stack.resolve(made.hostNames)).toEqual([{ 'Fn::GetAtt': [expect.anything(), 'DNSName'] }]);
  });

  test('fails for plain HTTP in production', () => {
    expect(() => edge(() => ({ domain: SiteDomain.loadBalancerNameOverHttp() }))).toThrow(
      'the production profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate() [Test/Edge]',
    );
  });
});

describe('host names', () => {
  test('that the site has reach its tasks, by the last rule of all', () => {
    const { template, rule } = inZone({ alternativeNames: ['example.com'] });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 50000,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['www.example.com', 'example.com'] } }],
      Actions: [Match.objectLike({ Type: 'forward' })],
    });
    expect(rule).toBeDefined();
  });

  test('that the site does not have are answered with 421, not by its tasks', () => {
    edge().template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: {
            StatusCode: '421',
            ContentType: 'text/plain',
            MessageBody: 'This server does not know the host name of the request.',
          },
        },
      ],
    });
  });

  test('in a hosted zone get an alias each, and one certificate', () => {
    const { template, made } = inZone({ alternativeNames: ['example.com', 'shop.example.com'] });
    const records = Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties }) => [
      Properties.Type,
      Properties.Name,
    ]);
    expect(records).toEqual([
      ['A', 'www.example.com.'],
      ['A', 'example.com.'],
      ['A', 'shop.example.com.'],
    ]);
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['example.com', 'shop.example.com'],
      ValidationMethod: 'DNS',
    });
    expect(made.hostNames).toEqual(['www.example.com', 'example.com', 'shop.example.com']);
  });

  test('keep their records when others come and go', () => {
    const idOf = (alternativeNames: string[]) =>
      Object.entries(inZone({ alternativeNames }).template.findResources('AWS::Route53::RecordSet')).find(
        ([, { Properties }]) => Properties.Name === 'shop.example.com.',
      )?.[0];
    expect(idOf(['example.com', 'shop.example.com'])).toBe(idOf(['shop.example.com']));
  });

  test('use a certificate that is given', () => {
    const { template } = edge((stack) => {
      const certificate = certificateOf(stack);
      return { domain: SiteDomain.hostedZone(zoneOf(stack), 'www.example.com', { certificate }) };
    });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 1);
  });

  test('whose records are kept elsewhere get none', () => {
    const { template } = edge((stack) => ({
      domain: SiteDomain.certificate('www.example.com', certificateOf(stack), { alternativeNames: ['example.com'] }),
    }));
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['www.example.com', 'example.com'] } }],
    });
  });

  test('are all allowed by Django', () => {
    const stack = testStack();
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack), {
      alternativeNames: ['example.com'],
    });
    expect(container(site({ domain }), 'web').Environment).toEqual(
      expect.arrayContaining([
        { Name: 'DJANGO_ALLOWED_HOSTS', Value: 'www.example.com,example.com' },
        { Name: 'SITE_URL', Value: 'https://www.example.com' },
      ]),
    );
  });

  test('take another priority of their rule', () => {
    inZone({ rulePriority: 7 }).template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 7,
    });
  });

  test.each<[string, object, string]>([
    ['localhost', {}, "'domain' must have host names such as www.example.com or *.example.com, got 'localhost'"],
    ...[
      '*',
      '*.com',
      'a.*.example.com',
      '*a.example.com',
      '**.example.com',
      'a b.example.com',
      'http://example.com',
      '',
    ].map((name): [string, object, string] => [
      name,
      {},
      `'domain' must have host names such as www.example.com or *.example.com, got '${name}'`,
    ]),
    [
      'bücher.example.com',
      {},
      "'domain' must have host names such as www.example.com or *.example.com, got 'bücher.example.com': write 'xn--bcher-kva.example.com'",
    ],
    ['www.example.org', {}, "'domain' must have names in the hosted zone 'example.com', got 'www.example.org'"],
    ['badexample.com', {}, "'domain' must have names in the hosted zone 'example.com', got 'badexample.com'"],
    [
      'www.example.com',
      { alternativeNames: ['www.example.com'] },
      "'alternativeNames' must not repeat a name, got 'www.example.com' twice",
    ],
    [
      'www.example.com',
      { alternativeNames: ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example.com`) },
      "'alternativeNames' must be 4 names at most, all that fit into one listener rule, got 5",
    ],
    ['www.example.com', { rulePriority: 0 }, "'rulePriority' must be a whole number from 1 to 50000, got 0"],
    ['www.example.com', { rulePriority: 50001 }, "'rulePriority' must be a whole number from 1 to 50000, got 50001"],
  ])('fail: %s %j', (name, options, message) => {
    expect(() => inZone(options, name)).toThrow(`${message} [Test/Edge]`);
  });
});

describe('access logs', () => {
  const logs = (props?: Partial<SiteLoadBalancerProps>) => edge(() => props ?? {});

  test('go to a private bucket that the load balancer may write to, whatever the region', () => {
    const { template, made, stack } = logs();
    const bucket = stack.resolve(made.accessLogsBucket?.bucketName);

    attribute(template, 'access_logs.s3.enabled', 'true');
    attribute(template, 'access_logs.s3.bucket', bucket);
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            Match.objectLike({
              ExpirationInDays: 90,
              NoncurrentVersionExpiration: { NoncurrentDays: 7 },
              Status: 'Enabled',
            }),
          ],
        },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: bucket,
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          {
            Effect: 'Allow',
            Action: 's3:PutObject',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Resource: {
              'Fn::Join': ['', [Match.anyValue(), '/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']],
            },
          },
        ],
      },
    });
  });

  test('are allowed before the load balancer asks', () => {
    const { template } = logs();
    const [policy] = Object.keys(template.findResources('AWS::S3::BucketPolicy'));
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', { DependsOn: Match.arrayWith([policy]) });
  });

  test('are off in development, and can be switched on and off', () => {
    expect(overHttp().made.accessLogsBucket).toBeUndefined();
    overHttp().template.resourceCountIs('AWS::S3::Bucket', 0);
    logs({ accessLogs: false }).template.resourceCountIs('AWS::S3::Bucket', 0);

    const { template } = logs({ accessLogs: true, profile: SiteProfile.DEVELOPMENT });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Delete',
      Properties: { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 7 })] } },
    });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});
