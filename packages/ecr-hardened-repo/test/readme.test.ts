import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { emptyStack, repository } from './fixtures';
import { DEFAULTS, type Resources } from './posture';

const RULE = /\b(?:ECR|KMS)\.\d\b|\bCT\.\w+\.PR\.\d\b|\bCKV_AWS_\d+\b|\bAWS-\d{4}\b|\bAwsSolutions-\w+\b/g;

/** Rows of the README's table of defaults: what the default is, and the rules that it satisfies. */
function readmeRows(): string[][] {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const table = readme.split('| Default | Rules it satisfies |\n| --- | --- |\n')[1].split('\n\n')[0];
  return table.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function only(template: Template): Resources {
  const [repository] = Object.values(template.findResources('AWS::ECR::Repository'));
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  return { repository: repository.Properties, key: key.Properties };
}

/** What CDK makes when nothing is hardened, open to everybody. */
function plainResources(): Resources {
  const stack = emptyStack();
  new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  new ecr.Repository(stack, 'Images').addToResourcePolicy(
    new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], principals: [new iam.AnyPrincipal()] }),
  );
  return only(Template.fromStack(stack));
}

describe('the table of defaults', () => {
  test('names the rules that the construct satisfies, and no others', () => {
    const rows = readmeRows().filter(([, rules]) => rules !== '');

    expect(rows.map(([name, rules]) => [name, rules.match(RULE)])).toEqual(
      DEFAULTS.map(({ name, rules }) => [name, rules]),
    );
  });

  test('says that repository and key outlive their stack', () => {
    const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

    expect(readmeRows()).toContainEqual(['Repository and key outlive their stack', '']);
    repository().hasResource('AWS::ECR::Repository', kept);
    repository().hasResource('AWS::KMS::Key', kept);
  });

  test.each(DEFAULTS)('holds for the construct and not for a plain repository: $name', ({ holds }) => {
    expect(holds(only(repository()))).toBe(true);
    expect(holds(plainResources())).toBe(false);
  });
});
