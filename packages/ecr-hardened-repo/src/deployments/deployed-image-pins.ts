import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ArnFormat, CustomResource, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { lambdaCode } from '../lambda-code';
import { PIN_TAG_PREFIX } from '../shared/pin-tag';
import { fail } from '../shared/validate';

/**
 * An event pattern has room for 2048 characters, which are about as many ARNs.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MOST_SERVICES = 10;

/** Properties of `DeployedImagePins`. */
export interface DeployedImagePinsProps {
  /**
   * Repository of the images: a 'HardenedRepository', or one that was born from a `HardenedCreationTemplate`. Only these
   * keep what carries an 'inuse-*' tag. One of another account must allow the role of 'handler' in its policy.
   */
  readonly repository: ecr.IRepository;

  /** The 1 to 10 services whose images are pinned, made here or imported, of this stack's account and region, deployed by ECS itself. */
  readonly services: ecs.IBaseService[];

  /**
   * Retention of the logs, which say what was pinned.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}

/**
 * Pins the images that services run: every image of the active and the 20 latest deployments of a service gets the tag
 * 'inuse-<service>-<first 12 digits of its digest>', by which the repository keeps it. It belongs in the stack of the services.
 *
 * A function does this whenever a deployment of a service begins, completes or fails, once when the pins are deployed,
 * and once a day, because ECS may lose an event. An image that also has other tags loses none.
 *
 * It never takes a pin away and has no right to delete: removing the last tag of an image would delete the image. The
 * repository keeps the newest 1000 pinned images.
 *
 * When an image cannot be pinned, the function fails, and 'handler.metricErrors()' counts it; no deployment waits for it.
 *
 * @example
 * const pins = new DeployedImagePins(this, 'Pins', { repository, services: [webService] });
 * pins.handler.metricErrors().createAlarm(this, 'ImageNotPinned', { threshold: 1, evaluationPeriods: 1 });
 */
export class DeployedImagePins extends Construct {
  /** Function that pins; it fails when an image in use is missing or cannot be pinned. */
  public readonly handler: lambda.Function;
  /** Log group in which the function says, in a line of JSON for each run, what it pinned and what it could not. */
  public readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: DeployedImagePinsProps) {
    super(scope, id);

    this.requireServices(props.services);

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.handler = this.createHandler(props);
    this.grantRead(props.services);
    this.grantPin(props.repository);
    this.runOnDeployments(props.services);
    this.runDaily();
    this.runOnce(props);
  }

  private requireServices(services: ecs.IBaseService[]): void {
    if (services.length < 1 || services.length > MOST_SERVICES) {
      fail(
        this,
        `'services' must hold 1 to ${MOST_SERVICES} services, got ${services.length}: ` +
          'make another DeployedImagePins for more',
      );
    }
    for (const service of services) {
      this.requireHere(service);
      this.requireDeployedByEcs(service);
    }
  }

  /** Events of another account or region do not reach the rule. */
  private requireHere(service: ecs.IBaseService): void {
    const stack = Stack.of(this);
    for (const [theirs, ours] of [
      [service.env.account, stack.account],
      [service.env.region, stack.region],
    ]) {
      if (Token.isUnresolved(theirs) || Token.isUnresolved(ours) || theirs === ours) continue;
      fail(
        this,
        `'services' must be of the stack's account and region, got one of ${theirs} in a stack of ${ours}: ` +
          'make its DeployedImagePins in a stack there',
      );
    }
  }

  /** Only deployments by ECS have service revisions, which tell the digests. An imported service is asked by the function. */
  private requireDeployedByEcs(service: ecs.IBaseService): void {
    const resource = service.node.defaultChild;
    if (!(resource instanceof ecs.CfnService)) return;
    const controller = resource.deploymentController as ecs.CfnService.DeploymentControllerProperty | undefined;
    const type = controller?.type ?? 'ECS';
    if (Token.isUnresolved(controller) || Token.isUnresolved(type) || type === 'ECS') return;
    fail(
      this,
      `'services' must be deployed by ECS, got ${service.node.path} with deployment controller ${type}, whose ` +
        'deployments name no digests: leave it out',
    );
  }

  private createHandler(props: DeployedImagePinsProps): lambda.Function {
    // Without the managed policy that CDK adds otherwise, which allows to write to every log group.
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    const services = props.services.map((service) => ({
      cluster: service.cluster.clusterName,
      service: service.serviceName,
    }));
    return new lambda.Function(this, 'Handler', {
      description: `Pins the images that services run (${this.node.path})`.slice(0, 256),
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambdaCode('deployed-image-pins'),
      timeout: Duration.minutes(5),
      memorySize: 256,
      role,
      logGroup: this.logGroup,
      environment: {
        REPOSITORY_ARN: props.repository.repositoryArn,
        SERVICES: Stack.of(this).toJsonString(services),
        PIN_TAG_PREFIX,
      },
    });
  }

  private grantRead(services: ecs.IBaseService[]): void {
    this.handler.addToRolePolicy(
      new iam.PolicyStatement({
        actions: [
          'ecs:DescribeServices',
          'ecs:ListServiceDeployments',
          'ecs:DescribeServiceDeployments',
          'ecs:DescribeServiceRevisions',
        ],
        resources: services.flatMap((service) => [
          this.arnOf('service', service),
          `${this.arnOf('service-deployment', service)}/*`,
          `${this.arnOf('service-revision', service)}/*`,
        ]),
      }),
    );
  }

  private grantPin(repository: ecr.IRepository): void {
    this.handler.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['ecr:DescribeImages', 'ecr:BatchGetImage', 'ecr:PutImage'],
        resources: [repository.repositoryArn],
      }),
    );
  }

  private runOnDeployments(services: ecs.IBaseService[]): void {
    new events.Rule(this, 'OnDeployment', {
      description: 'A deployment of a service begins, completes or fails',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Deployment State Change'],
        resources: services.map((service) => this.arnOf('service', service)),
      },
      targets: [new targets.LambdaFunction(this.handler)],
    });
  }

  private runDaily(): void {
    new events.Rule(this, 'Daily', {
      description: 'ECS may lose the event of a deployment',
      schedule: events.Schedule.rate(Duration.days(1)),
      targets: [new targets.LambdaFunction(this.handler)],
    });
  }

  /** CloudFormation makes the rule after the services, so the events of their first deployment come too early for it. */
  private runOnce({ repository, services }: DeployedImagePinsProps): void {
    new CustomResource(this, 'FirstRun', {
      resourceType: 'Custom::DeployedImagePins',
      serviceToken: this.handler.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        Repository: repository.repositoryArn,
        Services: services.map((service) => this.arnOf('service', service)),
      },
    });
  }

  /** From the names, because the ARN of an imported service may lack the cluster. */
  private arnOf(resource: string, service: ecs.IBaseService): string {
    return Stack.of(this).formatArn({
      service: 'ecs',
      resource,
      resourceName: `${service.cluster.clusterName}/${service.serviceName}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
