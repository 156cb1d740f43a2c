import { Duration } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PostgresDatabase } from '../../src';
import { DJANGO_PROCESSES, SIGNED_MEDIA_NAMES } from '../../src/contract/container-environment';
import { standardContract } from '../../src/contract/contract-plans';
import { memoryChoices } from '../../src/processes/private/fargate-size';
import { requestTiming } from '../../src/shared/request-timing';
import { addEverything, container, makeSite, readmeTable, site, templateOf, testStack } from '../fixtures';

const namesOf = ({ Environment, Secrets }: Record<string, { Name: string }[]>) =>
  [...Environment, ...Secrets].map(({ Name }) => Name);

describe('contract with Django', () => {
  test('is what the README says', () => {
    const names = readmeTable('variable').flatMap(([variable]) => variable.split(', '));
    expect(names.sort()).toEqual([...standardContract().names].sort());
  });

  test('is what the web container gets, without what the README ties to an option', () => {
    const optional = readmeTable('variable').filter(([, , value]) => value.startsWith('with '));
    const always = standardContract().names.filter((name) => !optional.some(([variable]) => variable === name));
    expect(namesOf(container(site(), 'web')).sort()).toEqual(always.sort());
  });

  test('is what the containers of web and release get with every option', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const secretKeyFallback = Secret.fromSecretNameV2(stack, 'NewKey', 'shop/new-key');
    const database = new PostgresDatabase(stack, 'Database', {
      vpc,
      users: { separateRunUser: true },
      proxy: {},
      readReplicas: 1,
    });
    const made = makeSite({ vpc, database, django: { secretKeyFallback } }, stack);
    made.addWorker('Idle', {
      queues: ['mail'],
      scaling: { minTasks: 0, maxTasks: 2, maxQueueAge: Duration.minutes(1) },
    });
    const template = templateOf(made);
    const names = [...namesOf(container(template, 'web')), ...namesOf(container(template, 'release'))];
    expect([...new Set([...names, ...SIGNED_MEDIA_NAMES])].sort()).toEqual([...standardContract().names].sort());
  });

  test('knows the processes that the README names, and no others', () => {
    const [, , value] = readmeTable('variable').find(([variable]) => variable === 'DJANGO_PROCESS')!;
    expect(value.split(/, | or /)).toEqual([...DJANGO_PROCESSES]);

    const made = makeSite();
    addEverything(made);
    const prefixes = Object.values(templateOf(made).findResources('AWS::ECS::TaskDefinition')).map(
      ({ Properties }) => Properties.ContainerDefinitions[0].LogConfiguration.Options['awslogs-stream-prefix'],
    );
    expect([...new Set(prefixes)].sort()).toEqual([...DJANGO_PROCESSES].sort());
  });

  test('tells Django its name and address', () => {
    expect(container(site(), 'web').Environment).toEqual(
      expect.arrayContaining([
        { Name: 'DJANGO_ALLOWED_HOSTS', Value: 'www.example.com' },
        { Name: 'SITE_URL', Value: 'https://www.example.com' },
        { Name: 'DJANGO_SETTINGS_MODULE', Value: 'config.settings.production' },
      ]),
    );
  });

  test("is joined with the project's own settings, variables and secrets, for every process", () => {
    const stack = testStack();
    const token = Secret.fromSecretNameV2(stack, 'Token', 'shop/token');
    const made = makeSite(
      {
        django: {
          settingsModule: 'shop.settings',
          environment: { FEATURE: 'on' },
          secrets: { API_TOKEN: EcsSecret.fromSecretsManager(token) },
        },
      },
      stack,
    );
    addEverything(made);

    for (const process of DJANGO_PROCESSES) {
      const django = container(templateOf(made), process);
      expect(django.Environment).toContainEqual({ Name: 'DJANGO_SETTINGS_MODULE', Value: 'shop.settings' });
      expect(django.Environment).toContainEqual({ Name: 'FEATURE', Value: 'on' });
      expect(django.Secrets.map(({ Name }: { Name: string }) => Name)).toContain('API_TOKEN');
    }
  });

  test.each<[Record<string, unknown>, string]>([
    [{ 'MY-NAME': 'x' }, "must have names of letters, digits and '_', got 'MY-NAME'"],
    [{ 'MY NAME': 'x' }, "must have names of letters, digits and '_', got 'MY NAME'"],
    [{ 'A=B': 'x' }, "must have names of letters, digits and '_', got 'A=B'"],
    [{ '': 'x' }, "must have names of letters, digits and '_', got ''"],
    [{ DEBUG: false }, 'must hold texts, got false for DEBUG'],
    [{ WORKERS: 4 }, 'must hold texts, got 4 for WORKERS'],
    [{ EMPTY: null }, 'must hold texts, got null for EMPTY'],
    [{ HOSTS: ['a'] }, 'must hold texts, got a list for HOSTS'],
  ])('fails for the variables %j', (environment, message) => {
    expect(() => makeSite({ django: { environment: environment as Record<string, string> } })).toThrow(
      `'django.environment' ${message} [Test/Site]`,
    );
  });

  test('fails for secrets of another kind', () => {
    const stack = testStack();
    const token = Secret.fromSecretNameV2(stack, 'Token', 'shop/token');
    const secrets = (value: unknown, name = 'TOKEN') => ({ django: { secrets: { [name]: value as EcsSecret } } });
    expect(() => makeSite(secrets(token), stack)).toThrow(
      "'django.secrets' must hold secrets of ECS, got an object for TOKEN: use ecs.Secret.fromSecretsManager() [Test/Site]",
    );
    expect(() => makeSite(secrets('abc'))).toThrow("must hold secrets of ECS, got the text 'abc' for TOKEN");
    expect(() => makeSite(secrets(EcsSecret.fromSecretsManager(token), 'MY-TOKEN'))).toThrow(
      "'django.secrets' must have names of letters, digits and '_', got 'MY-TOKEN' [Test/Site]",
    );
  });

  test('fails when it is longer than ECS takes', () => {
    const long = 'x'.repeat(60_000);
    makeSite({ django: { environment: { LONG: long } } });
    const made = makeSite({ django: { environment: { LONG: long + long } } });
    expect(() => templateOf(made)).toThrow(
      /a task definition must be at most 65536 bytes long, got 12\d{4}: shorten 'django.environment', or keep long values/,
    );
  });

  test('fails when the project sets a name of the contract', () => {
    expect(() => makeSite({ django: { environment: { SITE_URL: 'x' } } })).toThrow(
      "'django.environment' must not set SITE_URL: the site sets it itself. Choose another name [Test/Site]",
    );
    const stack = testStack();
    const secret = EcsSecret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Token', 'shop/token'));
    expect(() => makeSite({ django: { secrets: { DATABASE_SECRET: secret } } }, stack)).toThrow(
      "'django.secrets' must not set DATABASE_SECRET: the site sets it itself. Choose another name [Test/Site]",
    );
    expect(() => makeSite({ django: { environment: { KEY: 'x' }, secrets: { KEY: secret } } }, testStack())).toThrow(
      "'django.environment' and 'django.secrets' must not both set KEY [Test/Site]",
    );
  });
});

describe('durations', () => {
  test.each([5, 30, 55, 60, 90])('agree for a request timeout of %i s', (requestTimeout) => {
    const timing = requestTiming(requestTimeout);
    expect(timing.gracefulTimeout).toBeGreaterThan(timing.requestTimeout);
    expect(timing.stopTimeout).toBeGreaterThan(timing.gracefulTimeout);
    expect(timing.stopTimeout).toBeLessThanOrEqual(120);
    expect(timing.deregistrationDelay).toBeGreaterThanOrEqual(timing.requestTimeout);
    expect(timing.idleTimeout).toBeGreaterThan(timing.requestTimeout);
    expect(timing.keepAlive).toBeGreaterThan(timing.idleTimeout);
  });
});

describe('sizes of Fargate tasks', () => {
  test.each([
    [256, 3, 512, 2048],
    [512, 4, 1024, 4096],
    [1024, 7, 2048, 8192],
    [2048, 13, 4096, 16384],
    [4096, 23, 8192, 30720],
    [8192, 12, 16384, 61440],
    [16384, 12, 32768, 122880],
  ])('%i CPU units have %i choices, from %i to %i MiB', (cpu, count, least, most) => {
    const choices = memoryChoices(cpu)!;
    expect([choices.length, choices[0], choices.at(-1)]).toEqual([count, least, most]);
  });
});
