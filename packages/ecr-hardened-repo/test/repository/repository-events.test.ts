import { Template } from 'aws-cdk-lib/assertions';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import { FindingSeverity, HardenedRepository } from '../../src';
import { emptyStack } from '../fixtures';

const NAME = { Ref: 'Images2D38C313' };
const ARN = { 'Fn::GetAtt': ['Images2D38C313', 'Arn'] };

/** Event patterns of the rules that `act` makes. */
function patterns(act: (images: HardenedRepository) => unknown): unknown[] {
  const stack = emptyStack();
  act(new HardenedRepository(stack, 'Images'));
  const rules = Template.fromStack(stack).findResources('AWS::Events::Rule');
  return Object.values(rules).map(({ Properties }) => Properties.EventPattern);
}

function some(...severities: string[]) {
  return severities.map((severity) => ({ 'finding-severity-counts': { [severity]: [{ numeric: ['>', 0] }] } }));
}

describe('onImagePushed', () => {
  const pushed = { 'action-type': ['PUSH'], result: ['SUCCESS'], 'repository-name': [NAME] };

  test('tells of every push but that of a pin, without a trail', () => {
    expect(patterns((images) => images.onImagePushed('Pushed'))).toEqual([
      {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: { ...pushed, 'image-tag': [{ exists: false }, { 'anything-but': { prefix: 'inuse-' } }] },
      },
    ]);
  });

  test('tells only of tags that match', () => {
    expect(patterns((images) => images.onImagePushed('Pushed', { tagPatterns: ['v*', 'hotfix-*'] }))).toEqual([
      {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: { ...pushed, 'image-tag': [{ wildcard: 'v*' }, { wildcard: 'hotfix-*' }] },
      },
    ]);
  });

  test('tells a topic', () => {
    const stack = emptyStack();
    const topic = new sns.Topic(stack, 'Topic');
    new HardenedRepository(stack, 'Images').onImagePushed('Pushed', {
      target: new targets.SnsTopic(topic),
      ruleName: 'pushed',
      description: 'An image was pushed',
    });

    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      Name: 'pushed',
      Description: 'An image was pushed',
      Targets: [{ Arn: { Ref: 'TopicBFC7AF6E' } }],
    });
  });

  test('fails for a list of no patterns', () => {
    const images = new HardenedRepository(emptyStack(), 'Images');

    expect(() => images.onImagePushed('Pushed', { tagPatterns: [] })).toThrow(
      "'tagPatterns' must hold at least one pattern, got none: leave it out to be told of every push [Test/Images]",
    );
  });
});

describe('onScanFindings', () => {
  test('tells of findings that are high or critical, of basic and of enhanced scanning', () => {
    expect(patterns((images) => images.onScanFindings('Findings'))).toEqual([
      {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Scan'],
        detail: { 'scan-status': ['COMPLETE'], 'repository-name': [NAME], $or: some('CRITICAL', 'HIGH') },
      },
      {
        source: ['aws.inspector2'],
        'detail-type': ['Inspector2 Scan'],
        resources: [ARN],
        detail: { 'scan-status': ['INITIAL_SCAN_COMPLETE'], $or: some('CRITICAL', 'HIGH') },
      },
    ]);
  });

  test('tells of the severities that are asked for', () => {
    const [basic] = patterns((images) => images.onScanFindings('Findings', { minSeverity: FindingSeverity.CRITICAL }));

    expect(basic).toMatchObject({ detail: { $or: some('CRITICAL') } });
  });

  test('tells of each finding of enhanced scanning when asked to', () => {
    const [, , finding] = patterns((images) =>
      images.onScanFindings('Findings', { minSeverity: FindingSeverity.UNDEFINED, eachFinding: true }),
    );

    expect(finding).toEqual({
      source: ['aws.inspector2'],
      'detail-type': ['Inspector2 Finding'],
      resources: [{ prefix: { 'Fn::Join': ['', [ARN, '/']] } }],
      detail: { status: ['ACTIVE'], severity: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED'] },
    });
  });

  test('tells one topic by every rule', () => {
    const stack = emptyStack();
    const target = new targets.SnsTopic(new sns.Topic(stack, 'Topic'));
    const rules = new HardenedRepository(stack, 'Images').onScanFindings('Findings', { target, eachFinding: true });

    expect(rules).toHaveLength(3);
    const made = Template.fromStack(stack).findResources('AWS::Events::Rule', {
      Properties: { Targets: [{ Arn: { Ref: 'TopicBFC7AF6E' } }] },
    });
    expect(Object.keys(made)).toHaveLength(3);
  });
});
