import { Duration } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { type DjangoFargateServiceProps, SiteDomain, SiteProfile } from '../src';
import { planSite } from '../src/site-plan';
import { testDomain, testStack } from './fixtures';

function plan(props: Partial<DjangoFargateServiceProps> = {}) {
  const stack = testStack();
  const site = new Construct(stack, 'Site');
  const image = ContainerImage.fromRegistry('example/site:1');
  return { site, plan: planSite(site, { image, domain: testDomain(stack), ...props }) };
}

describe('the plan of a site', () => {
  test('makes nothing', () => {
    expect(plan().site.node.children).toEqual([]);
  });

  test('has every default of the profile', () => {
    const production = plan().plan;

    expect(production.profile).toBe(SiteProfile.PRODUCTION);
    expect(production.web).toMatchObject({ cpu: 512, memoryMiB: 1024, scaling: { minTasks: 2, maxTasks: 10 } });
    expect(production.domain).toMatchObject({ https: true, names: ['www.example.com'] });
    expect(production.celeryApp).toBe('config');
    expect(production.vpc).toBeUndefined();
  });

  test('has what is given in place of a default', () => {
    const development = plan({
      profile: SiteProfile.DEVELOPMENT,
      domain: SiteDomain.loadBalancerNameOverHttp(),
      web: { cpu: 1024, memoryMiB: 4096, requestTimeout: Duration.seconds(60) },
      django: { celeryApp: 'shop' },
    }).plan;

    expect(development.web).toMatchObject({
      cpu: 1024,
      memoryMiB: 4096,
      timing: { requestTimeout: 60, stopTimeout: 90 },
    });
    expect(development.domain).toMatchObject({ https: false, names: [] });
    expect(development.celeryApp).toBe('shop');
  });

  test('counts the database connections of release and web', () => {
    const { connectionBudget } = plan({ web: { scaling: { minTasks: 4, maxTasks: 4 } } }).plan;

    // 2 × 4 tasks × 2 workers × 4 threads and the release: 65 of the 381 that a t4g.medium allows
    expect(() => connectionBudget.addService('worker', 240, 1)).toThrow(
      'during a deployment the site may hold release 1 + web 2 × 4 × 8 + worker 2 × 240 × 1 = 545',
    );
  });
});
