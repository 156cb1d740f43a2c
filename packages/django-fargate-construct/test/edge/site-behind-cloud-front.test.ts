import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PriceClass, PublicKey } from 'aws-cdk-lib/aws-cloudfront';
import { PrefixList, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  type IApplicationLoadBalancer,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import {
  type CloudFrontOptions,
  type DjangoFargateServiceProps,
  MediaAccess,
  SiteDomain,
  SiteLoadBalancer,
  SiteProfile,
} from '../../src';
import { SIGNED_MEDIA_NAMES } from '../../src/contract/container-environment';
import { addEverything, container, makeSite, templateOf, testStack } from '../fixtures';

const certificateOf = (stack: Stack, region = 'us-east-1', id = `In-${region}`) =>
  Certificate.fromCertificateArn(stack, id, `arn:aws:acm:${region}:111122223333:certificate/${region}`);
const zoneOf = (stack: Stack) =>
  HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const stackIn = (region?: string) =>
  new Stack(new App({ context: recommendedFlags }), 'Test', { env: region ? { region } : undefined });

/** A site in a hosted zone with CloudFront in front of it. */
const behind = (
  options: (stack: Stack) => Partial<CloudFrontOptions> = () => ({}),
  overrides: Partial<DjangoFargateServiceProps> = {},
  alternativeNames: string[] = ['example.com'],
) => {
  const stack = testStack();
  const cloudFront = { certificate: certificateOf(stack), ...options(stack) };
  const domain = SiteDomain.hostedZone(zoneOf(stack), 'www.example.com', { alternativeNames, cloudFront });
  const made = makeSite({ domain, ...overrides }, stack);
  return { stack, made, template: templateOf(made) };
};
const without = () => {
  const stack = testStack();
  const domain = SiteDomain.hostedZone(zoneOf(stack), 'www.example.com', { alternativeNames: ['example.com'] });
  return templateOf(makeSite({ domain }, stack));
};
const records = (template: Template) =>
  Object.entries(template.findResources('AWS::Route53::RecordSet')).map(([id, { Properties }]) => ({
    id,
    type: Properties.Type,
    name: Properties.Name,
    target: JSON.stringify(Properties.AliasTarget.DNSName),
  }));
const rule = (template: Template) =>
  Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))[0];
const config = (template: Template) =>
  Object.values(template.findResources('AWS::CloudFront::Distribution'))[0].Properties.DistributionConfig;

describe('a site behind CloudFront', () => {
  test('has its names at the distribution, for IPv4 and IPv6', () => {
    const { template, made } = behind();
    expect(config(template).Aliases).toEqual(['www.example.com', 'example.com']);
    expect(records(template).map(({ type, name }) => [type, name])).toEqual([
      ['A', 'www.example.com.'],
      ['AAAA', 'www.example.com.'],
      ['A', 'example.com.'],
      ['AAAA', 'example.com.'],
    ]);
    for (const { target } of records(template)) expect(target).toContain('SiteCloudFrontDistribution');
    expect(made.url).toBe('https://www.example.com');
    expect(made.distribution).toBeDefined();
  });

  test('keeps the records that it had without, since a name cannot have two', () => {
    const before = records(without()).map(({ id }) => id);
    expect(before).toHaveLength(2);
    expect(records(behind().template).map(({ id }) => id)).toEqual(expect.arrayContaining(before));
  });

  test("is reached only with the distribution's secret", () => {
    const { template, stack, made } = behind();
    const secret = stack.resolve(made.originSecret?.secretValue.unsafeUnwrap());
    expect(rule(template).Properties).toMatchObject({
      Priority: 50000,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['www.example.com', 'example.com'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Origin-Secret', Values: [secret] } },
      ],
      Actions: [expect.objectContaining({ Type: 'forward' })],
    });
    expect(config(template).Origins[0].OriginCustomHeaders).toEqual([
      { HeaderName: 'X-Origin-Secret', HeaderValue: secret },
    ]);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      DefaultActions: [
        Match.objectLike({
          FixedResponseConfig: Match.objectLike({
            StatusCode: '421',
            MessageBody: 'This server answers requests that come through CloudFront.',
          }),
        }),
      ],
    });
  });

  test('goes on answering without the secret until its names lead to CloudFront', () => {
    const { template } = behind();
    const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'));
    const names = records(template).map(({ id }) => id);
    expect(rule(template).DependsOn).toEqual(expect.arrayContaining([distribution, ...names]));
  });

  test('has a load balancer with port 443 only', () => {
    const { template } = behind();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    });
  });

  test('can have a load balancer that only CloudFront can connect to', () => {
    const { template } = behind((stack) => ({
      originPrefixList: PrefixList.fromPrefixListId(stack, 'List', 'pl-0123456789abcdef0'),
    }));
    expect(JSON.stringify(template.toJSON())).not.toContain('"CidrIp":"0.0.0.0/0","Description":"Allow from anyone');
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourcePrefixListId: 'pl-0123456789abcdef0',
      FromPort: 443,
      ToPort: 443,
    });
  });

  test('has the load balancer keep connections longer than CloudFront does', () => {
    for (const seconds of [5, 30, 60]) {
      const { template } = behind(undefined, { web: { requestTimeout: Duration.seconds(seconds) } });
      const { OriginKeepaliveTimeout, OriginReadTimeout } = config(template).Origins[0].CustomOriginConfig;
      const [balancer] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
      const idle = balancer.Properties.LoadBalancerAttributes.find(
        ({ Key }: { Key: string }) => Key === 'idle_timeout.timeout_seconds',
      ).Value;
      expect(OriginKeepaliveTimeout).toBeLessThan(Number(idle));
      expect(OriginReadTimeout).toBeGreaterThanOrEqual(seconds);
    }
  });

  test('passes its options on', () => {
    const { template, made, stack } = behind((scope) => ({
      priceClass: PriceClass.PRICE_CLASS_100,
      accessLogs: false,
      originSecret: Secret.fromSecretNameV2(scope, 'Given', 'shop/origin'),
    }));
    expect(config(template).PriceClass).toBe('PriceClass_100');
    expect(config(template).Logging).toBeUndefined();
    expect(JSON.stringify(rule(template).Properties.Conditions)).toContain('secret:shop/origin:SecretString');
    expect(stack.resolve(made.originSecret?.secretName)).toBe('shop/origin');
  });

  test('follows its profile', () => {
    const logs = (profile: SiteProfile) => config(behind(undefined, { profile }).template).Logging;
    expect(logs(SiteProfile.PRODUCTION)).toBeDefined();
    expect(logs(SiteProfile.DEVELOPMENT)).toBeUndefined();
  });

  test('has no more Lambda functions than without', () => {
    const count = (template: Template) => Object.keys(template.findResources('AWS::Lambda::Function')).length;
    expect(count(behind().template)).toBe(count(without()));
  });
});

test('without CloudFront there is no distribution, and no secret of one', () => {
  const made = makeSite();
  expect([made.distribution, made.originSecret]).toEqual([undefined, undefined]);
  templateOf(made).resourceCountIs('AWS::CloudFront::Distribution', 0);
});

describe('addresses of uploads', () => {
  const names = (template: Template) => {
    const { Environment, Secrets } = container(template, 'web');
    return [...Environment, ...Secrets].map(({ Name }) => Name);
  };

  test.each([MediaAccess.throughDjango(), MediaAccess.publicRead()])('need no key', (media) => {
    const { template } = behind(() => ({ media }));
    for (const name of SIGNED_MEDIA_NAMES) expect(names(template)).not.toContain(name);
  });

  test('are signed by Django, in every process', () => {
    const stack = testStack();
    const media = MediaAccess.signed({
      publicKey: PublicKey.fromPublicKeyId(stack, 'Key', 'K2JCJMDEHXQW5F'),
      privateKey: Secret.fromSecretNameV2(stack, 'PrivateKey', 'media-key'),
    });
    const cloudFront = { certificate: certificateOf(stack), media };
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack, 'eu-west-1'), { cloudFront });
    const made = makeSite({ domain }, stack);
    addEverything(made);
    const template = templateOf(made);
    for (const process of ['web', 'worker', 'beat', 'release', 'command'] as const) {
      const { Environment, Secrets } = container(template, process);
      expect(Environment).toContainEqual({ Name: 'MEDIA_URL_KEY_ID', Value: 'K2JCJMDEHXQW5F' });
      const secret = Secrets.find(({ Name }: { Name: string }) => Name === 'MEDIA_URL_PRIVATE_KEY');
      expect(JSON.stringify(secret.ValueFrom)).toContain('secret:media-key');
    }
  });

  test('fail when the project sets a key itself', () => {
    expect(() => makeSite({ django: { environment: { MEDIA_URL_KEY_ID: 'x' } } })).toThrow(
      "'django.environment' must not set MEDIA_URL_KEY_ID: the site sets it itself. Choose another name [Test/Site]",
    );
  });
});

describe('certificate for visitors', () => {
  const used = (stack: Stack, domain: SiteDomain) =>
    config(templateOf(makeSite({ domain }, stack))).ViewerCertificate.AcmCertificateArn;

  test('is the one of the load balancer in us-east-1', () => {
    const given = stackIn('us-east-1');
    const domain = SiteDomain.certificate('www.example.com', certificateOf(given), { cloudFront: {} });
    expect(used(given, domain)).toBe('arn:aws:acm:us-east-1:111122223333:certificate/us-east-1');

    const made = stackIn('us-east-1');
    expect(used(made, SiteDomain.hostedZone(zoneOf(made), 'www.example.com', { cloudFront: {} }))).toEqual({
      Ref: expect.stringMatching(/^SiteEdgeCertificate/),
    });
    Template.fromStack(made).resourceCountIs('AWS::CertificateManager::Certificate', 1);
  });

  test('is another than the one of the load balancer elsewhere', () => {
    const stack = stackIn('eu-west-1');
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack, 'eu-west-1'), {
      cloudFront: { certificate: certificateOf(stack) },
    });
    expect(used(stack, domain)).toBe('arn:aws:acm:us-east-1:111122223333:certificate/us-east-1');
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/eu-west-1' }],
    });
  });

  test('may come from a stack in us-east-1', () => {
    const app = new App({ context: recommendedFlags });
    const north = new Stack(app, 'North', {
      env: { region: 'us-east-1', account: '111122223333' },
      crossRegionReferences: true,
    });
    const stack = new Stack(app, 'Test', {
      env: { region: 'eu-west-1', account: '111122223333' },
      crossRegionReferences: true,
    });
    const certificate = new Certificate(north, 'Certificate', { domainName: 'www.example.com' });
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack, 'eu-west-1'), {
      cloudFront: { certificate },
    });
    expect(JSON.stringify(used(stack, domain))).toContain('us-east-1');
  });
});

describe('a given listener', () => {
  const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
  const shared = (stack: Stack) => ({
    vpc: new Vpc(stack, 'Vpc'),
    listener: ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: `${ARN}:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2`,
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'ListenerGroup', 'sg-0123456789abcde00'),
    }),
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
      loadBalancerArn: `${ARN}:loadbalancer/app/shared/50dc6c495c0c9188`,
      securityGroupId: 'sg-0123456789abcde00',
      loadBalancerDnsName: 'shared-1.eu-west-1.elb.amazonaws.com',
      loadBalancerCanonicalHostedZoneId: 'Z32O12XQLNTSW2',
    }),
  });
  const onListener = (domain: (stack: Stack, loadBalancer: IApplicationLoadBalancer) => SiteDomain) => {
    const stack = testStack();
    const { vpc, listener, loadBalancer } = shared(stack);
    const made = makeSite({ vpc, listener, domain: domain(stack, loadBalancer) }, stack);
    return { stack, made, template: templateOf(made) };
  };

  test('has a rule for the names and the secret, and is the origin', () => {
    const { template, stack, made } = onListener((scope, loadBalancer) =>
      SiteDomain.coveredByListener('shop.example.com', {
        loadBalancer,
        cloudFront: { certificate: certificateOf(scope) },
      }),
    );
    const secret = stack.resolve(made.originSecret?.secretValue.unsafeUnwrap());
    expect(rule(template).Properties).toMatchObject({
      Priority: 3098,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Origin-Secret', Values: [secret] } },
      ],
    });
    expect(config(template).Origins[0]).toMatchObject({
      DomainName: 'shared-1.eu-west-1.elb.amazonaws.com',
      OriginCustomHeaders: [{ HeaderName: 'X-Origin-Secret', HeaderValue: secret }],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('serves a second app beside one without CloudFront, whose rule asks for no secret', () => {
    const stack = testStack();
    const first = shared(stack);
    const blog = SiteDomain.coveredByListener('blog.example.com');
    makeSite({ vpc: first.vpc, listener: first.listener, domain: blog }, stack);
    const second = new Stack(stack.node.root as App, 'Second');
    const { vpc, listener, loadBalancer } = shared(second);
    const cloudFront = { certificate: certificateOf(second) };
    makeSite(
      { vpc, listener, domain: SiteDomain.coveredByListener('shop.example.com', { loadBalancer, cloudFront }) },
      second,
    );

    const conditions = (scope: Stack) => rule(Template.fromStack(scope)).Properties.Conditions.length;
    expect([conditions(stack), conditions(second)]).toEqual([1, 2]);
  });

  test('gets a certificate for names in a hosted zone, which lead to the distribution', () => {
    const { template } = onListener((stack, loadBalancer) =>
      SiteDomain.hostedZone(zoneOf(stack), 'shop.example.com', {
        loadBalancer,
        cloudFront: { certificate: certificateOf(stack) },
      }),
    );
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 1);
    expect(records(template).map(({ type }) => type)).toEqual(['A', 'AAAA']);
    for (const { target } of records(template)) expect(target).toContain('SiteCloudFrontDistribution');
  });

  test.each<[string, (stack: Stack, loadBalancer: IApplicationLoadBalancer) => SiteDomain, string]>([
    [
      'nothing to send requests to',
      (stack) =>
        SiteDomain.coveredByListener('shop.example.com', { cloudFront: { certificate: certificateOf(stack) } }),
      "'loadBalancer' must be given to SiteDomain when 'listener' is given with 'cloudFront': CloudFront sends requests to it",
    ],
    [
      'a prefix list for a security group that is not its own',
      (stack, loadBalancer) =>
        SiteDomain.coveredByListener('shop.example.com', {
          loadBalancer,
          cloudFront: {
            certificate: certificateOf(stack),
            originPrefixList: PrefixList.fromPrefixListId(stack, 'List', 'pl-0123456789abcdef0'),
          },
        }),
      "'cloudFront.originPrefixList' must be left out when 'listener' is given: the security group of its load balancer is not the site's",
    ],
    [
      'no certificate',
      (_, loadBalancer) => SiteDomain.coveredByListener('shop.example.com', { loadBalancer, cloudFront: {} }),
      "'cloudFront.certificate' must be given for SiteDomain.coveredByListener(): CloudFront takes only certificates of us-east-1.",
    ],
  ])('fails for %s', (_, domain, message) => {
    expect(() => onListener(domain)).toThrow(message);
  });
});

describe('CloudFront', () => {
  const REMEDY =
    'CloudFront takes only certificates of us-east-1. Make one there and import it by its ARN, or make it in a stack in us-east-1 and set crossRegionReferences on both stacks [Test/Site]';
  const makeIn = (region?: string) => () => {
    const stack = stackIn(region);
    return makeSite({ domain: SiteDomain.hostedZone(zoneOf(stack), 'www.example.com', { cloudFront: {} }) }, stack);
  };

  test('fails without a certificate of its own region', () => {
    expect(makeIn('eu-west-1')).toThrow(`'cloudFront.certificate' must be given for a stack in eu-west-1: ${REMEDY}`);
    expect(makeIn()).toThrow(`'cloudFront.certificate' must be given for a stack without a region: ${REMEDY}`);
  });

  test('fails for a certificate of another region', () => {
    expect(() => behind((stack) => ({ certificate: certificateOf(stack, 'eu-west-1') }))).toThrow(
      "'cloudFront.certificate' must be in us-east-1, where CloudFront looks for certificates, got one in eu-west-1 [Test/Site]",
    );
  });

  test('fails for requests that it does not wait for', () => {
    expect(() => behind(undefined, { web: { requestTimeout: Duration.seconds(90) } })).toThrow(
      "'web.requestTimeout' must be at most 60 seconds with 'cloudFront', which waits no longer for an answer, got 90 [Test/Site]",
    );
  });

  test('fails for more names than fit beside its secret', () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}.example.com`);
    expect(() => behind(undefined, {}, names)).toThrow(
      "'alternativeNames' must be 3 names at most, all that fit into one listener rule with 'cloudFront', got 4 [Test/Site]",
    );
    expect(() => behind(undefined, {}, names.slice(1))).not.toThrow();
  });

  test('fails before anything is made', () => {
    const stack = stackIn('eu-west-1');
    const domain = SiteDomain.hostedZone(zoneOf(stack), 'www.example.com', { cloudFront: {} });
    expect(() => makeSite({ domain }, stack)).toThrow("'cloudFront.certificate'");
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test('fails on a load balancer of your own that is not told the secret', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack, 'eu-west-1'), {
      cloudFront: { certificate: certificateOf(stack) },
    });
    const edge = new SiteLoadBalancer(stack, 'Edge', { vpc, domain });
    const targets = new ApplicationTargetGroup(stack, 'Targets', { vpc, port: 8000, targetType: TargetType.IP });

    expect(() => edge.forwardTo(targets)).toThrow(
      "'originSecret' must be given for a domain with 'cloudFront': it is the one of its SiteDistribution [Test/Edge]",
    );
    edge.forwardTo(targets, Secret.fromSecretNameV2(stack, 'Secret', 'shop/origin'));
    expect(rule(Template.fromStack(stack)).Properties.Conditions).toHaveLength(2);
  });
});

test('what holds data behind CloudFront keeps its logical ids', () => {
  const ids = (template: Template) =>
    ['AWS::S3::Bucket', 'AWS::SecretsManager::Secret'].flatMap((type) => Object.keys(template.findResources(type)));
  const before = ids(without());

  expect(ids(behind().template).filter((id) => !before.includes(id))).toEqual([
    'SiteCloudFrontAccessLogs8EFD395F',
    'SiteCloudFrontOriginSecret7A36D727',
  ]);
});
