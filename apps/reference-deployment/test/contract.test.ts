import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RegistryStack } from '../src/registry-stack';
import { SiteStack } from '../src/site-stack';

const DJANGO = join(__dirname, '..', 'django');

const deployedContainers = () => {
  const app = new App();
  const { repository } = new RegistryStack(app, 'DjangoRegistry');
  const config = { profile: 'development', image: 'v1.0.0', stacks: 'together' } as const;
  const site = Template.fromStack(new SiteStack(app, 'DjangoSite', { config, repository }));
  return Object.values(site.findResources('AWS::ECS::TaskDefinition')).flatMap(
    ({ Properties }) => Properties.ContainerDefinitions,
  );
};

const deployedNames = () => {
  return new Set(
    deployedContainers().flatMap(({ Environment, Secrets }) => [...Environment, ...Secrets].map(({ Name }) => Name)),
  );
};

test('the variables that are deployed are those that Django needs', () => {
  const script = 'import env; print(*(v.name for v in env.VARIABLES if not v.optional), sep="\\n")';
  const needed = execFileSync('python3', ['-c', script], { encoding: 'utf8', cwd: join(DJANGO, 'config') });

  expect([...deployedNames()].sort()).toEqual(needed.trim().split('\n').sort());
});

test('the variables that a site can have are those that Django reads', () => {
  const read = execFileSync('python3', [join(DJANGO, 'config', 'env.py')], { encoding: 'utf8' });
  const readme = readFileSync(require.resolve('django-fargate-construct/README.md'), 'utf8');
  const [, table] = readme.split('| variable | kind | value |');
  // the project serves uploads itself
  const used = table.split('\n\n')[0].replaceAll(/^.*with `MediaAccess.*$/gm, '');
  const rows = used.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm);
  const names = [...rows].flatMap(([, cell]) => cell.replaceAll('`', '').split(', '));

  expect(names.sort()).toEqual(read.trim().split('\n').sort());
});

test('the processes that are deployed are those that Django knows', () => {
  const script = 'import env; print(*env.PROCESSES, sep="\\n")';
  const known = execFileSync('python3', ['-c', script], { encoding: 'utf8', cwd: join(DJANGO, 'config') });
  const deployed = deployedContainers().map(
    ({ Environment }) => Environment.find(({ Name }: { Name: string }) => Name === 'DJANGO_PROCESS').Value,
  );

  expect([...new Set(deployed)].sort()).toEqual(known.trim().split('\n').sort());
});

test("the variables in the Django project's README are those that Django reads", () => {
  const readme = readFileSync(join(DJANGO, 'README.md'), 'utf8');

  for (const name of deployedNames()) {
    expect(readme).toContain(`\`${name}\``);
  }
});
