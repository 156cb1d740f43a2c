import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { SiteDomain, SiteLoadBalancer, type SiteLoadBalancerProps, SiteProfile, SiteStorage } from '../src';
import { testDomain, testStack } from './fixtures';

describe('SiteStorage', () => {
  const storage = (profile?: SiteProfile) => {
    const stack = testStack();
    new SiteStorage(stack, 'Storage', { profile });
    return Template.fromStack(stack);
  };

  test('is private, encrypted, versioned and kept', () => {
    const template = storage();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
        ]),
      },
    });
  });

  test('is emptied and deleted in development', () => {
    const template = storage(SiteProfile.DEVELOPMENT);
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});

describe('SiteLoadBalancer', () => {
  const edge = (props: (stack: Stack) => Partial<SiteLoadBalancerProps> = () => ({})) => {
    const stack = testStack();
    const overrides = props(stack);
    const made = new SiteLoadBalancer(stack, 'Edge', {
      vpc: new Vpc(stack, 'Vpc'),
      domain: overrides.domain ?? testDomain(stack),
      ...overrides,
    });
    made.listener.addAction('Rest', { action: ListenerAction.fixedResponse(404) });
    return { made, stack, template: Template.fromStack(stack) };
  };
  const attribute = (template: Template, Key: string, Value: string) =>
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key, Value }]),
    });

  test('offers TLS 1.2 and 1.3 and redirects port 80', () => {
    const { template, made } = edge();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } },
      ],
    });
    expect(made.url).toBe('https://www.example.com');
  });

  test('drops invalid headers, defends against desync, is protected from deletion', () => {
    const { template } = edge();
    attribute(template, 'routing.http.drop_invalid_header_fields.enabled', 'true');
    attribute(template, 'routing.http.desync_mitigation_mode', 'defensive');
    attribute(template, 'deletion_protection.enabled', 'true');
    attribute(template, 'idle_timeout.timeout_seconds', '60');
  });

  test('takes the idle timeout', () => {
    attribute(edge(() => ({ idleTimeout: Duration.seconds(95) })).template, 'idle_timeout.timeout_seconds', '95');
  });

  test('makes alias record and certificate in a hosted zone', () => {
    const { template } = edge((stack) => ({ domain: SiteDomain.hostedZone(zone(stack), 'www.example.com') }));
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'www.example.com.', Type: 'A' });
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'www.example.com',
      ValidationMethod: 'DNS',
    });
  });

  test('uses a certificate that is given', () => {
    const { template } = edge((stack) => {
      const certificate = Certificate.fromCertificateArn(
        stack,
        'Given',
        'arn:aws:acm:eu-west-1:111122223333:certificate/x',
      );
      return { domain: SiteDomain.hostedZone(zone(stack), 'www.example.com', { certificate }) };
    });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 1);
  });

  test('answers over plain HTTP under its own name in development', () => {
    const { template, made, stack } = edge(() => ({
      domain: SiteDomain.loadBalancerNameOverHttp(),
      profile: SiteProfile.DEVELOPMENT,
    }));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
    attribute(template, 'deletion_protection.enabled', 'false');
    expect(JSON.stringify(stack.resolve(made.url))).toContain('DNSName');
  });

  test('fails for plain HTTP in production', () => {
    expect(() => edge(() => ({ domain: SiteDomain.loadBalancerNameOverHttp() }))).toThrow(
      'the production profile requires HTTPS: use SiteDomain.hostedZone() or SiteDomain.certificate() [Test/Edge]',
    );
  });

  function zone(stack: Stack) {
    return HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  }
});
