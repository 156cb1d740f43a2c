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

  test.each<[unknown, string]>([
    ['python manage.py migrate', "must be a list of texts, got the text 'python manage.py migrate'"],
    [[], 'must name a command, got none. Leave it out for the default'],
    [['python manage.py migrate'], "must give every argument an element of its own, got 'python manage.py migrate'"],
    [
      ['python', 'manage.py', 'migrate', '&&', 'python', 'manage.py', 'loaddata'],
      "must hold nothing for a shell, got '&&': none is started. Start one: ['sh', '-c', '…']",
    ],
    [['python', 'manage.py', 'migrate', '$APP'], "must hold nothing for a shell, got '$APP'"],
    [['env', 'DEBUG=$DEBUG', 'true'], "must hold nothing for a shell, got 'DEBUG=$DEBUG'"],
  ])('has no release that runs %j', (command, message) => {
    expect(() => plan({ django: { release: { command: command as string[] } } })).toThrow(
      `'django.release.command' ${message}`,
    );
  });

  test.each([
    [['sh', '-c', 'python manage.py migrate && python manage.py loaddata $APP']],
    [['/bin/bash', '-c', 'exec python manage.py migrate']],
    [['python', '-c', 'print("a && b; $5")']],
    [['python', 'manage.py', 'migrate', '--password=pa$word']],
  ])('has a release that runs %j', (command) => {
    expect(plan({ django: { release: { command } } }).plan.release.command).toEqual(command);
  });

  test('has an entry point only with a web command', () => {
    expect(() => plan({ django: { entryPoint: ['env'] } })).toThrow(
      "'web.gunicorn.wsgiApplication' must be set with 'django.entryPoint': a container that gets an entry point does not use its image's default command [Test/Site]",
    );
    expect(() => plan({ django: { entryPoint: ['/entry.sh run'] } })).toThrow(
      "'django.entryPoint' must give every argument an element of its own, got '/entry.sh run' as the first [Test/Site]",
    );
  });

  test.each(['config.asgi:application', 'asgi', 'shop.asgi'])('has no WSGI application %s', (wsgiApplication) => {
    expect(() => plan({ web: { gunicorn: { wsgiApplication } } })).toThrow(
      `'web.gunicorn.wsgiApplication' must be a WSGI application such as config.wsgi:application, got '${wsgiApplication}'`,
    );
  });

  test('counts the database connections of release and web', () => {
    const { connectionBudget } = plan({ web: { scaling: { minTasks: 4, maxTasks: 4 } } }).plan;

    // 2 × 4 tasks × 2 workers × 4 threads and the release: 65 of the 381 that a t4g.medium allows
    expect(() => connectionBudget.addService('worker', 240, 1)).toThrow(
      'during a deployment the site may hold release 1 + web 2 × 4 × 8 + worker 2 × 240 × 1 = 545',
    );
  });
});
