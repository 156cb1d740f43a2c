import { Match } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { SiteDomain, SiteProfile } from '../../src';
import { makeSite, templateOf, testStack } from '../fixtures';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/abc';

describe('a site that only a network of its own reaches', () => {
  test('has an internal load balancer beside its tasks, and its name in a private zone', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const zone = new PrivateHostedZone(stack, 'Zone', { zoneName: 'corp.example.com', vpc });
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE);
    const domain = SiteDomain.hostedZone(zone, 'shop.corp.example.com', { certificate, internetFacing: false });
    const template = templateOf(makeSite({ vpc, domain }, stack));

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal',
      Subnets: [1, 2].map((index) => ({ Ref: Match.stringLikeRegexp(`VpcPrivateSubnet${index}`) })),
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'shop.corp.example.com.',
      HostedZoneId: stack.resolve(zone.hostedZoneId),
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443 });
  });

  test('may have its name in a public zone, in which its certificate is validated', () => {
    const stack = testStack();
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const template = templateOf(
      makeSite({ domain: SiteDomain.hostedZone(zone, 'shop.example.com', { internetFacing: false }) }, stack),
    );

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
  });

  test('has it in isolated subnets where tasks have public addresses', () => {
    const stack = testStack();
    const domain = SiteDomain.loadBalancerNameOverHttp({ internetFacing: false });
    const props = { domain, profile: SiteProfile.DEVELOPMENT };
    templateOf(makeSite(props, stack)).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal',
      Subnets: [1, 2].map((index) => ({ Ref: Match.stringLikeRegexp(`DataSubnet${index}`) })),
    });
  });

  test('is refused without a certificate in a private zone, behind CloudFront, and on a given listener', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const zone = new PrivateHostedZone(stack, 'Zone', { zoneName: 'corp.example.com', vpc });
    expect(() =>
      makeSite({ vpc, domain: SiteDomain.hostedZone(zone, 'shop.corp.example.com', { internetFacing: false }) }, stack),
    ).toThrow(
      "'certificate' must be given to SiteDomain.hostedZone() with the private zone 'corp.example.com', in which ACM cannot validate one",
    );

    const viewer = Certificate.fromCertificateArn(stack, 'Viewer', CERTIFICATE.replace('eu-west-1', 'us-east-1'));
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE);
    const domain = SiteDomain.certificate('www.example.com', certificate, {
      cloudFront: { certificate: viewer },
      internetFacing: false,
    });
    const message = "'cloudFront' must be left out for an internal load balancer, which it does not reach [Again/Site]";
    expect(() => makeSite({ domain }, testStack('Again'))).toThrow(message);

    const listener = ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/1/2',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    });
    const covered = SiteDomain.coveredByListener('www.example.com', { internetFacing: false });
    expect(() => makeSite({ listener, domain: covered }, testStack('Third'))).toThrow(
      "'internetFacing' must be left out of SiteDomain when 'listener' is given: its load balancer decides [Third/Site]",
    );
  });
});
