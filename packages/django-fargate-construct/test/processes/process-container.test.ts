import type { Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, Secret } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret as SecretsManagerSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { DjangoFargateService, ProcessContainerOptions } from '../../src';
import { DJANGO_PROCESSES } from '../../src/contract/container-environment';
import { addEverything, container, makeSite, templateOf, testStack } from '../fixtures';

const schedule = ScheduleExpression.cron({ hour: '3', minute: '0' });
const PROCESSES: Record<string, (site: DjangoFargateService, own: ProcessContainerOptions) => unknown> = {
  worker: (site, own) => site.addWorker('Part', { container: own }),
  beat: (site, own) => site.addBeat('Part', { container: own }),
  command: (site, own) => site.addCommand('Part', { command: ['check'], container: own }),
  'scheduled command': (site, own) =>
    site.addScheduledCommand('Part', { command: ['check'], schedule, container: own }),
};
const kindOf = (name: string) => name.replace('scheduled ', '') as (typeof DJANGO_PROCESSES)[number];
const names = (list: { Name: string }[]) => list.map(({ Name }) => Name);

describe.each(Object.entries(PROCESSES))('a %s of its own', (name, add) => {
  test('has another image, further variables and secrets, and the others have not', () => {
    const stack = testStack();
    const token = Secret.fromSecretsManager(new SecretsManagerSecret(stack, 'Token'));
    const site = makeSite({ django: { environment: { MODE: 'small', FEATURE: 'on' } } }, stack);
    const image = ContainerImage.fromRegistry('example/site-gpu:1');
    add(site, { image, environment: { MODE: 'large', CUDA: '12' }, secrets: { MODEL_TOKEN: token } });
    const template = templateOf(site);
    const own = container(template, kindOf(name));
    const web = container(template, 'web');

    expect([own.Image, web.Image]).toEqual(['example/site-gpu:1', 'example/site:1']);
    expect(own.Environment).toEqual(
      expect.arrayContaining([
        { Name: 'MODE', Value: 'large' },
        { Name: 'CUDA', Value: '12' },
        { Name: 'FEATURE', Value: 'on' },
        { Name: 'SITE_URL', Value: 'https://www.example.com' },
      ]),
    );
    expect(web.Environment).toContainEqual({ Name: 'MODE', Value: 'small' });
    expect([names(own.Secrets), names(web.Secrets)].map((list) => list.includes('MODEL_TOKEN'))).toEqual([true, false]);
  });

  test.each<[ProcessContainerOptions, string]>([
    [
      { environment: { SITE_URL: 'x' } },
      "'container.environment' must not set SITE_URL: the site sets it itself. Choose another name",
    ],
    [{ environment: { 'A-B': 'x' } }, "'container.environment' must have names of letters, digits and '_', got 'A-B'"],
    [
      { environment: { TOKEN: 'x' } },
      "'container' must not make TOKEN a variable and a secret: the site has it as the other",
    ],
  ])('fails: %j', (own, message) => {
    const stack = testStack();
    const secrets = { TOKEN: Secret.fromSecretsManager(new SecretsManagerSecret(stack, 'Token')) };
    const site = makeSite({ django: { secrets } }, stack);
    expect(() => add(site, own)).toThrow(`${message} [Test/Site/Part]`);
    expect(site.node.findChild('Part').node.children).toEqual([]);
  });
});

describe('a sidecar', () => {
  const image = ContainerImage.fromRegistry('example/agent:1');
  /** Of each task definition, its containers by name: whether they are essential, and the prefix of their logs. */
  const containers = (template: Template) =>
    Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) =>
      Properties.ContainerDefinitions.map((found: Record<string, never>) => [
        found.Name,
        found.Essential,
        (found.LogConfiguration as { Options: Record<string, string> }).Options['awslogs-stream-prefix'],
      ]),
    );

  test.each(['before', 'after'])('runs beside Django in every task, added %s the processes', (when) => {
    const site = makeSite();
    if (when === 'after') addEverything(site);
    site.addSidecar('agent', { image, memoryReservationMiB: 64 });
    if (when === 'before') addEverything(site);
    const found = containers(templateOf(site));

    expect(found).toHaveLength(DJANGO_PROCESSES.length + 1); // two commands
    for (const [django, agent] of found) {
      expect(django.slice(0, 2)).toEqual(['django', true]);
      expect(agent).toEqual(['agent', false, 'agent']);
    }
  });

  test('may be essential, and is asked for its health as it says', () => {
    const site = makeSite();
    site.addSidecar('agent', { image, essential: true, healthCheck: { command: ['CMD', 'true'] } });
    expect(containers(templateOf(site)).every(([, agent]) => agent[1] === true)).toBe(true);
  });

  test('fails under the name of another container', () => {
    const site = makeSite();
    site.addSidecar('agent', { image });
    expect(() => site.addSidecar('agent', { image })).toThrow(
      "'name' must be new, got 'agent' for a second sidecar [Test/Site]",
    );
    expect(() => site.addSidecar('django', { image })).toThrow(
      "'name' must differ from that of the Django container, got 'django' [Test/Site]",
    );
  });
});
