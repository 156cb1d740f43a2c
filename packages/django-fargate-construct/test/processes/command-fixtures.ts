import type { Template } from 'aws-cdk-lib/assertions';
import type { DjangoFargateService } from '../../src';

/** Groups that let themselves be reached from the group of one construct. */
export const reachedFrom = (template: Template, id: string) =>
  Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
    .filter(({ Properties }) => Properties.SourceSecurityGroupId['Fn::GetAtt'][0].startsWith(id))
    .map(({ Properties }) => Properties.GroupId['Fn::GetAtt'][0])
    .sort();

/** Task definition of the command. */
export const task = (template: Template) => {
  const tasks = template.findResources('AWS::ECS::TaskDefinition');
  const find = ({ Properties }: { Properties: { ContainerDefinitions: { Environment: unknown[] }[] } }) =>
    JSON.stringify(Properties.ContainerDefinitions[0].Environment).includes('"command"');
  return Object.values(tasks).find((resource) => find(resource as never))!;
};

/** Groups of cache and database. */
export const DATA = [expect.stringMatching(/^SiteCache/), expect.stringMatching(/^SiteDatabase/)];

/** Statements of the policy whose id matches. */
export const statementsOf = (template: Template, id: RegExp) =>
  Object.entries(template.findResources('AWS::IAM::Policy')).find(([name]) => id.test(name))![1].Properties
    .PolicyDocument.Statement;

/** Expression that matches the text itself. */
export function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A command that was refused has made nothing. */
export function nothingMade(made: DjangoFargateService, id: string): void {
  expect(made.node.findChild(id).node.children).toEqual([]);
}
