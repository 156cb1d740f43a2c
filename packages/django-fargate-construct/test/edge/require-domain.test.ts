import { App, Stack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone, type IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { SiteDomain } from '../../src';
import { makeSite, templateOf, testStack } from '../fixtures';

const IRELAND = { region: 'eu-west-1', account: '111122223333' };

describe('a hosted zone', () => {
  const named = (zoneName: string, name: string) => {
    const stack = testStack();
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName });
    const site = makeSite({ domain: SiteDomain.hostedZone(zone, name) }, stack);
    templateOf(site).hasResourceProperties('AWS::Route53::RecordSet', { Name: 'www.example.com.' });
    templateOf(site).hasResourceProperties('AWS::CertificateManager::Certificate', { DomainName: 'www.example.com' });
    return site.url;
  };

  test.each([
    ['example.com.', 'www.example.com'],
    ['Example.com', 'www.example.com'],
    ['example.com', 'www.example.com.'],
    ['EXAMPLE.com.', 'WWW.Example.COM.'],
  ])('may be written %s, and a name in it %s', (zoneName, name) => {
    expect(named(zoneName, name)).toBe('https://www.example.com');
  });

  test('holds an international name in its form of DNS', () => {
    const stack = testStack();
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z1',
      zoneName: 'xn--bcher-kva.example',
    });
    const site = makeSite({ domain: SiteDomain.hostedZone(zone, 'www.xn--bcher-kva.example') }, stack);
    expect(site.url).toBe('https://www.xn--bcher-kva.example');
  });

  test.each<[string, (stack: Stack) => IHostedZone, string]>([
    [
      'made as a private one',
      (stack) => new PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc: new Vpc(stack, 'Vpc') }),
      "must have a public hosted zone, got the private zone 'example.com', whose names only its VPCs find: set 'internetFacing' to false for a site that only they reach",
    ],
    [
      'made with a VPC',
      (stack) => new HostedZone(stack, 'Zone', { zoneName: 'example.com', vpcs: [new Vpc(stack, 'Vpc')] }),
      "must have a public hosted zone, got the private zone 'example.com'",
    ],
    [
      'known by its id alone',
      (stack) => HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1'),
      'must have a hosted zone with its name, got one that knows its id alone: import it by HostedZone.fromHostedZoneAttributes() or HostedZone.fromLookup()',
    ],
    [
      'of another account',
      (stack) => {
        const other = new Stack(stack.node.root as App, 'Dns', { env: { ...IRELAND, account: '999999999999' } });
        return new HostedZone(other, 'Zone', { zoneName: 'example.com' });
      },
      'must have a hosted zone of its own account 111122223333, got one of 999999999999: delegate a zone',
    ],
  ])('is refused when it is %s', (_, zoneOf, message) => {
    const stack = new Stack(new App(), 'Test', { env: IRELAND });
    const domain = SiteDomain.hostedZone(zoneOf(stack), 'www.example.com');
    expect(() => makeSite({ domain }, stack)).toThrow(`'domain' ${message}`);
    expect(() => makeSite({ domain }, new Stack(new App(), 'Again', { env: IRELAND }))).toThrow(`[Again/Site]`);
  });
});

describe('a certificate', () => {
  const arnIn =
    (region: string, account = IRELAND.account) =>
    (stack: Stack) =>
      Certificate.fromCertificateArn(stack, 'Given', `arn:aws:acm:${region}:${account}:certificate/abc`);
  const madeIn =
    (region: string, crossRegionReferences = true) =>
    (stack: Stack) => {
      const env = { ...IRELAND, region };
      const other = new Stack(stack.node.root as App, 'Other', { env, crossRegionReferences });
      return new Certificate(other, 'Made', { domainName: 'www.example.com' });
    };

  test.each<[string, (stack: Stack) => ICertificate, string]>([
    ['of another region', arnIn('us-east-1'), "load balancer's region eu-west-1, got one of us-east-1"],
    ['of another account', arnIn('eu-west-1', '999999999999'), 'account 111122223333, got one of 999999999999'],
    ["of another region's stack", madeIn('us-east-1'), "load balancer's region eu-west-1, got one of us-east-1"],
  ])('of a load balancer is refused when it is %s', (_, certificateOf, message) => {
    const stack = new Stack(new App(), 'Test', { env: IRELAND });
    const domain = SiteDomain.certificate('www.example.com', certificateOf(stack));
    expect(() => makeSite({ domain }, stack)).toThrow(
      `'certificate' must be of the ${message.includes('load') ? '' : "load balancer's "}${message} [Test/Site]`,
    );
  });

  test.each<[string, (stack: Stack) => ICertificate, boolean, string]>([
    [
      "of another region's stack",
      madeIn('eu-west-1'),
      true,
      'must be in us-east-1, where CloudFront looks for certificates, got one in eu-west-1 [Test/Site]',
    ],
    [
      'of a stack that passes nothing on',
      madeIn('us-east-1', false),
      true,
      'of another region must come from a stack with crossRegionReferences, and go into one: set it on Other [Test/Site]',
    ],
    [
      'for a stack that takes nothing',
      madeIn('us-east-1'),
      false,
      'of another region must come from a stack with crossRegionReferences, and go into one: set it on Test [Test/Site]',
    ],
  ])('of CloudFront is refused when it is %s', (_, certificateOf, crossRegionReferences, message) => {
    const stack = new Stack(new App(), 'Test', { env: IRELAND, crossRegionReferences });
    const domain = SiteDomain.certificate('www.example.com', arnIn('eu-west-1')(stack), {
      cloudFront: { certificate: certificateOf(stack) },
    });
    expect(() => makeSite({ domain }, stack)).toThrow(`'cloudFront.certificate' ${message}`);
  });

  test('of CloudFront may come from a stack in us-east-1 when both pass on its ARN', () => {
    const stack = new Stack(new App(), 'Test', { env: IRELAND, crossRegionReferences: true });
    const domain = SiteDomain.certificate('www.example.com', arnIn('eu-west-1')(stack), {
      cloudFront: { certificate: madeIn('us-east-1')(stack) },
    });
    templateOf(makeSite({ domain }, stack)).resourceCountIs('AWS::CloudFront::Distribution', 1);
  });
});

test('a listener without HTTPS is refused', () => {
  const stack = testStack();
  const vpc = new Vpc(stack, 'Vpc');
  const listener = new ApplicationLoadBalancer(stack, 'Shared', { vpc }).addListener('Http', {
    protocol: ApplicationProtocol.HTTP,
  });
  const domain = SiteDomain.coveredByListener('www.example.com');
  expect(() => makeSite({ vpc, listener, domain }, stack)).toThrow(
    "'listener' must be an HTTPS listener, got one of HTTP, which takes no certificate [Test/Site]",
  );
});
