import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import type { Construct } from 'constructs';
import { DjangoFargateService, type DjangoFargateServiceProps, SiteDomain } from '../src';
import type { DJANGO_PROCESSES } from '../src/contract/container-environment';

/** A stack with the flags that `cdk init` gives to users. */
export function testStack(id = 'Test'): Stack {
  return new Stack(new App({ context: recommendedFlags }), id);
}

/** HTTPS under a name whose certificate exists. */
export function testDomain(stack: Stack): SiteDomain {
  const [region, account] = [stack.region, stack.account].map((part) => (Token.isUnresolved(part) ? '' : part));
  const arn = `arn:aws:acm:${region || 'eu-west-1'}:${account || '111122223333'}:certificate/abc`;
  return SiteDomain.certificate('www.example.com', Certificate.fromCertificateArn(stack, 'Certificate', arn));
}

/** The smallest valid site, changed by `overrides`. */
export function makeSite(
  overrides: Partial<DjangoFargateServiceProps> = {},
  scope: Construct = testStack(),
): DjangoFargateService {
  return new DjangoFargateService(scope, 'Site', {
    image: ContainerImage.fromRegistry('example/site:1'),
    domain: overrides.domain === undefined ? testDomain(Stack.of(scope)) : overrides.domain,
    ...overrides,
  });
}

/** Every process that a site can have beside web and release. */
export function addEverything(site: DjangoFargateService): void {
  site.addWorker('Worker');
  site.addBeat('Beat');
  site.addScheduledCommand('Scheduled', {
    command: ['clearsessions'],
    schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }),
  });
  site.addCommand('Command', { command: ['check'] });
}

/** Template of the stack that holds a construct. */
export function templateOf(site: DjangoFargateService): Template {
  return Template.fromStack(Stack.of(site));
}

/** Template of the smallest valid site, changed by `overrides`. */
export function site(overrides: Partial<DjangoFargateServiceProps> = {}): Template {
  return templateOf(makeSite(overrides));
}

/** The Django container of one process. */
export function container(template: Template, process: (typeof DJANGO_PROCESSES)[number]) {
  const containers = Object.values(template.findResources('AWS::ECS::TaskDefinition')).flatMap(
    ({ Properties }) => Properties.ContainerDefinitions,
  );
  const value = (c: { Environment: { Name: string; Value: unknown }[] }) =>
    c.Environment.find(({ Name }) => Name === 'DJANGO_PROCESS')?.Value;
  return containers.find((candidate) => value(candidate) === process);
}

/** The ECS service that was made under a construct id of the site. */
export function serviceOf(template: Template, id: string) {
  return Object.entries(template.findResources('AWS::ECS::Service')).find(([name]) => name.startsWith(`Site${id}`))![1];
}

/** Rows of the table of the README, or of a page of its docs, whose first header cell is `first`, as cells without back-ticks. */
export function readmeTable(first: string): string[][] {
  const root = join(__dirname, '..');
  const pages = readdirSync(join(root, 'docs')).map((page) => join('docs', page));
  const lines = ['README.md', ...pages].flatMap((page) => readFileSync(join(root, page), 'utf8').split('\n'));
  const start = lines.findIndex((line) => line.startsWith(`| ${first}|`) || line.startsWith(`| ${first} |`));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .replaceAll('`', '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
