import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fail } from '../shared/validate';

/** Properties of `DeploymentAfterRotation`. */
export interface DeploymentAfterRotationProps {
  /** Secret whose change starts the deployments. */
  readonly secret: secretsmanager.ISecret;

  /** Services whose tasks get the secret when they start. */
  readonly services: ecs.IBaseService[];
}

/**
 * Starts a new deployment of services when a secret has a new current value, so that their tasks get it: rolling, with the
 * image and the task definition that they have. For services that do not read the secret again themselves.
 */
export class DeploymentAfterRotation extends Construct {
  /** Rule for the event that Secrets Manager sends to EventBridge; it needs no trail of CloudTrail. */
  public readonly rule: events.Rule;
  /** Rule that starts the deployments. */
  public readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: DeploymentAfterRotationProps) {
    super(scope, id);

    if (props.services.length === 0) {
      fail(this, "'services' must hold at least one service, got none. Add them before, and pass `site.services`");
    }

    this.stateMachine = this.createStateMachine(props.services);
    this.rule = new events.Rule(this, 'Rule', {
      description: 'A secret of a Django site has a new current value',
      eventPattern: {
        source: ['aws.secretsmanager'],
        detailType: ['Secret Label Updated'],
        // an imported secret may be known without the last six characters of its ARN
        resources: events.Match.prefix(props.secret.secretArn),
        detail: { labelUpdated: ['AWSCURRENT'] },
      },
      targets: [new targets.SfnStateMachine(this.stateMachine)],
    });
  }

  private createStateMachine(services: ecs.IBaseService[]): sfn.StateMachine {
    const all = new sfn.Parallel(this, 'All', { resultPath: sfn.JsonPath.DISCARD });
    services.forEach((service, index) => {
      const deployment = new tasks.CallAwsService(this, `Deployment${index + 1}`, {
        service: 'ecs',
        action: 'updateService',
        parameters: { Cluster: service.cluster.clusterName, Service: service.serviceName, ForceNewDeployment: true },
        iamAction: 'ecs:UpdateService',
        iamResources: [service.serviceArn],
        resultPath: sfn.JsonPath.DISCARD,
      });
      all.branch(deployment.addRetry({ maxAttempts: 8, interval: Duration.seconds(10) }));
    });
    return new sfn.StateMachine(this, 'StateMachine', {
      comment: 'New deployments of the services of a Django site, so that they get a changed secret',
      definitionBody: sfn.DefinitionBody.fromChainable(all),
      timeout: Duration.hours(1),
    });
  }
}
