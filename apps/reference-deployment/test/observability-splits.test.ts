import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import type { Construct } from 'constructs';
import { DjangoFargateService, SiteDomain } from 'django-fargate-construct';
import { DeployedImagePins, HardenedRepository } from 'ecr-hardened-repo';
import { AlertRouting, EcsServiceObservability } from 'ecs-observability';

const env = { account: '111122223333', region: 'eu-central-1' };

/** A site, or two, with its registry and what watches its services, in the stacks that are given. */
interface Split {
  /** The stack of what watches, or a nested one in it. */
  readonly watch: { readonly stack: string; readonly nested?: boolean };
  readonly topics?: string;
  readonly stage?: boolean;
  readonly sites?: string[];
}

function deployed({ watch, topics = watch.stack, stage, sites = ['Site'] }: Split) {
  const app = new App({ context: recommendedFlags });
  const root = stage ? new Stage(app, 'Production') : app;
  const stacks = new Map<string, Stack>();
  const stackOf = (name: string) => {
    const made = stacks.get(name) ?? new Stack(root, name, { env });
    stacks.set(name, made);
    return made;
  };
  const repository = new HardenedRepository(stackOf('Registry'), 'Repository');
  const made = sites.map((name) => makeSite(stackOf(name), `${name.toLowerCase()}.example.com`, repository));
  const scope = watch.nested ? new NestedStack(stackOf(watch.stack), 'Watch') : stackOf(watch.stack);
  const alerts = AlertRouting.topics(new Topic(stackOf(topics), 'Alerts'));
  for (const site of made) {
    const { targetGroup, loadBalancer } = site;
    const [web, ...others] = site.services;
    const id = Stack.of(site).node.id;
    new EcsServiceObservability(scope, `${id}Web`, { service: web, targetGroup, loadBalancer, alerts });
    for (const [index, service] of others.entries()) {
      new EcsServiceObservability(scope, `${id}${index}`, { service, alerts });
    }
  }
  app.synth();
  const order = [...stacks].map(([name, { dependencies }]) => [name, dependencies.map(({ node }) => node.id).sort()]);
  return {
    order: Object.fromEntries(order),
    alarms: (of: Stack) => Object.keys(Template.fromStack(of).findResources('AWS::CloudWatch::Alarm')).length,
    scope,
    stackOf,
  };
}

function makeSite(scope: Construct, name: string, repository: HardenedRepository): DjangoFargateService {
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  const image = repository.releaseImage('v1.4.2');
  const site = new DjangoFargateService(scope, 'Site', { image, domain: SiteDomain.hostedZone(zone, name) });
  site.addWorker('Worker');
  site.addBeat('Beat');
  new DeployedImagePins(scope, 'Pins', { repository, services: site.services });
  return site;
}

test.each<[string, Split, Record<string, string[]>]>([
  ['a stack of its own', { watch: { stack: 'Watch' } }, { Registry: [], Site: ['Registry'], Watch: ['Site'] }],
  [
    'a stack of its own, with topics in another',
    { watch: { stack: 'Watch' }, topics: 'Topics' },
    { Registry: [], Site: ['Registry'], Topics: [], Watch: ['Site', 'Topics'] },
  ],
  [
    'a stack of its own, in a stage',
    { watch: { stack: 'Watch' }, stage: true },
    { Registry: [], Site: ['Registry'], Watch: ['Site'] },
  ],
  [
    'one stack for two sites',
    { watch: { stack: 'Watch' }, sites: ['Shop', 'Blog'] },
    { Registry: [], Shop: ['Registry'], Blog: ['Registry'], Watch: ['Blog', 'Shop'] },
  ],
  ["a nested stack of the site's", { watch: { stack: 'Site', nested: true } }, { Registry: [], Site: ['Registry'] }],
  [
    'a nested stack of another',
    { watch: { stack: 'Watch', nested: true } },
    { Registry: [], Site: ['Registry'], Watch: ['Site'] },
  ],
  ["the site's own stack", { watch: { stack: 'Site' } }, { Registry: [], Site: ['Registry'] }],
])('what watches may be in %s', (_where, split, order) => {
  const made = deployed(split);
  expect(made.order).toEqual(order);
  const watched = (split.sites ?? ['Site']).length;
  expect(made.alarms(Stack.of(made.scope))).toBeGreaterThanOrEqual(watched * 3 * 4);
  if (split.watch.stack !== 'Site') {
    for (const name of split.sites ?? ['Site']) {
      const site = Template.fromStack(made.stackOf(name));
      site.resourceCountIs('AWS::CloudWatch::Alarm', 0);
      site.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    }
  }
});
