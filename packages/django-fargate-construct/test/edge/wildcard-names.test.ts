import { Match } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { SiteDomain, type SiteDomainOptions } from '../../src';
import { priorityOf } from '../../src/edge/private/host-rule';
import { container, makeSite, templateOf, testStack } from '../fixtures';

function tenants(name: string, options: SiteDomainOptions = {}) {
  const stack = testStack();
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const site = makeSite({ domain: SiteDomain.hostedZone(zone, name, options) }, stack);
  return { site, template: templateOf(site) };
}

describe('a name for every tenant', () => {
  test('beside the main one, has certificate, record and rule, and Django allows it', () => {
    const { site, template } = tenants('www.example.com', { alternativeNames: ['*.example.com', 'example.com'] });

    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['*.example.com', 'example.com'],
    });
    for (const name of ['www.example.com.', '*.example.com.', 'example.com.']) {
      template.hasResourceProperties('AWS::Route53::RecordSet', { Name: name, Type: 'A' });
    }
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['www.example.com', '*.example.com', 'example.com'] } },
      ],
    });
    expect(container(template, 'web').Environment).toEqual(
      expect.arrayContaining([
        { Name: 'DJANGO_ALLOWED_HOSTS', Value: 'www.example.com,.example.com,example.com' },
        { Name: 'SITE_URL', Value: 'https://www.example.com' },
      ]),
    );
    expect(site.url).toBe('https://www.example.com');
  });

  test('in place of the main one, leaves the address to another, or is it', () => {
    expect(tenants('*.example.com', { alternativeNames: ['app.example.com'] }).site.url).toBe(
      'https://app.example.com',
    );
    const { site, template } = tenants('*.example.com');
    expect(site.url).toBe('https://*.example.com');
    expect(container(template, 'web').Environment).toContainEqual({
      Name: 'DJANGO_ALLOWED_HOSTS',
      Value: '.example.com',
    });
  });

  test('is an alias of CloudFront', () => {
    const stack = testStack();
    const certificate = Certificate.fromCertificateArn(
      stack,
      'Viewer',
      'arn:aws:acm:us-east-1:111122223333:certificate/abc',
    );
    const { template } = tenants('www.example.com', {
      alternativeNames: ['*.example.com'],
      cloudFront: { certificate },
    });

    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({ Aliases: ['www.example.com', '*.example.com'] }),
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: '*.example.com.', Type: 'AAAA' });
  });

  test('comes after the names of other sites on a listener', () => {
    expect(priorityOf('*.example.com')).toBeGreaterThanOrEqual(49_000);
    expect(priorityOf('*.example.com')).toBeLessThanOrEqual(49_999);
    expect(priorityOf('*.example.com')).not.toBe(priorityOf('*.example.org'));
  });
});
