import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { HardenedRepository } from '../src/repository/hardened-repository';
import { ImageEncryption } from '../src/repository/image-encryption';
import { FindingSeverity } from '../src/shared/finding-severity';

/** A repository with the rules of the package, each with a queue, and a rule for all events of ECR and Inspector. */
export function buildEventsStack(stack: Stack): void {
  const repository = new HardenedRepository(stack, 'Images', {
    encryption: ImageEncryption.awsManagedKey(), // costs nothing
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnOutput(stack, 'RepositoryName', { value: repository.repositoryName });

  const [basic, enhanced, finding] = repository.onScanFindings('Scan', {
    minSeverity: FindingSeverity.UNDEFINED,
    eachFinding: true,
  });
  const all = new events.Rule(stack, 'AllEvents', { eventPattern: { source: ['aws.ecr', 'aws.inspector2'] } });
  const rules = {
    Pushed: repository.onImagePushed('Push'),
    Basic: basic,
    Enhanced: enhanced,
    Finding: finding,
    All: all,
  };
  for (const [name, rule] of Object.entries(rules)) {
    const queue = new sqs.Queue(stack, `${name}Queue`, {
      removalPolicy: RemovalPolicy.DESTROY,
      retentionPeriod: Duration.hours(1),
      // longer than the check, so that no event is received twice
      visibilityTimeout: Duration.hours(1),
    });
    rule.addTarget(new SqsQueue(queue));
    new CfnOutput(stack, name, { value: queue.queueUrl });
  }
}
