import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ArnFormat, CustomResource, Duration, RemovalPolicy, Stack, Tokenization } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { lambdaCode } from '../lambda-code';
import { FindingSeverity } from '../shared/finding-severity';
import { FindingPolicy } from './finding-policy';
import {
  requireHooks,
  requireImage,
  requireOutside,
  requirePolicySize,
  requireSameStack,
  requireSome,
  requireTimeout,
} from './private/validate-gate';

/** Properties of `DeployGate`. */
export interface DeployGateProps {
  /** Repository whose images are checked. */
  readonly repository: ecr.IRepository;

  /**
   * The findings that stop a deployment.
   *
   * @default FindingPolicy.failOn(FindingSeverity.CRITICAL)
   */
  readonly policy?: FindingPolicy;

  /**
   * Time for which a scan that has not ended is waited for, 30 seconds to 14 minutes; then the deployment fails.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;
}

/**
 * Lets an image be deployed only when its scan has ended and no finding of it counts. Make it in the stack of the
 * service. It stops what is not known to be good: an image without a scan, of a kind that ECR cannot scan, or whose
 * scan does not end in time is not deployed.
 */
export class DeployGate extends Construct {
  /** Function that checks the images. */
  public readonly handler: lambda.Function;
  /** Log group in which the function writes one line for each decision: the verdict, its reason, the accepted findings. */
  public readonly logGroup: logs.LogGroup;

  private readonly repository: ecr.IRepository;
  private readonly policy: string;
  private readonly timeout: Duration;
  private readonly checks = new Map<string, CustomResource>();
  private readonly services = new Set<ecs.BaseService>();
  private hookRole?: iam.Role;

  constructor(scope: Construct, id: string, props: DeployGateProps) {
    super(scope, id);

    this.repository = props.repository;
    this.policy = (props.policy ?? FindingPolicy.failOn(FindingSeverity.CRITICAL))._toJson();
    this.timeout = props.timeout ?? Duration.minutes(10);
    requirePolicySize(this, this.policy);
    requireTimeout(this, this.timeout);

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.handler = this.createHandler();
    this.grantCheck();
    this.node.addValidation({
      validate: () =>
        this.checks.size + this.services.size > 0
          ? []
          : ["a gate must block something: call 'blockDeployments' or 'blockConstructs'"],
    });
  }

  /**
   * Checks the images of each deployment of the service before its tasks start, also of deployments that do not go
   * through CloudFormation: ECS rolls back those that fail. An image that the service already runs is let through, so
   * that a service can always be rolled back and reconfigured. The service must deploy by `BLUE_GREEN`, `LINEAR` or
   * `CANARY`; ECS documents lifecycle hooks for these only.
   *
   * @param service service of the stack that the gate is in
   */
  public blockDeployments(service: ecs.BaseService): void {
    requireSameStack(this, service);
    requireHooks(this, service);
    if (this.services.has(service)) return;

    this.hookRole ??= this.createHookRole();
    service.addLifecycleHook(
      new ecs.DeploymentLifecycleLambdaTarget(this.handler, 'DeployGate', {
        role: this.hookRole,
        lifecycleStages: [ecs.DeploymentLifecycleStage.PRE_SCALE_UP],
      }),
    );
    this.grantRead(service.cluster);
    this.services.add(service);
  }

  /**
   * Checks the image before CloudFormation creates or updates the constructs, whenever image or policy change: for
   * services that deploy by `ROLLING`, for Lambda functions, for first deployments. A failed check fails the update
   * of the stack; a stack that rolls back or is deleted is not checked.
   *
   * @param tagOrDigest of the image in the gate's repository, `v1.4.2` or `sha256:…`.
   * @param constructs that wait for the check.
   */
  public blockConstructs(tagOrDigest: string, ...constructs: IConstruct[]): void {
    requireImage(this, tagOrDigest);
    requireSome(this, constructs);
    for (const construct of constructs) requireOutside(this, this.repository, construct);

    const check = this.checks.get(tagOrDigest) ?? this.createCheck(tagOrDigest);
    for (const construct of constructs) construct.node.addDependency(check);
  }

  private createHandler(): lambda.Function {
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    return new lambda.Function(this, 'Handler', {
      description: 'Checks the scan findings of images before they are deployed',
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambdaCode('deploy-gate'),
      // time to read many pages of findings, and to answer, after the last wait
      timeout: this.timeout.plus(Duration.seconds(60)),
      memorySize: 256,
      role,
      logGroup: this.logGroup,
      environment: {
        REPOSITORY_ARN: this.repository.repositoryArn,
        POLICY: this.policy,
        TIMEOUT_SECONDS: Tokenization.stringifyNumber(this.timeout.toSeconds()),
      },
    });
  }

  private grantCheck(): void {
    this.repository.grant(
      this.handler,
      'ecr:BatchGetImage',
      'ecr:DescribeImageScanFindings',
      'ecr:StartImageScan', // for an image of which there is no basic scan yet
    );
    // under enhanced scanning ECR reads the findings with the caller's rights; these actions know no resources
    this.handler.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['inspector2:ListCoverage', 'inspector2:ListFindings'], resources: ['*'] }),
    );
  }

  /** Role of ECS. Its policy is part of it: a policy of its own could come after the service's first deployment. */
  private createHookRole(): iam.Role {
    const invoke = new iam.PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.handler.functionArn],
    });
    return new iam.Role(this, 'HookRole', {
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      inlinePolicies: { InvokeGate: new iam.PolicyDocument({ statements: [invoke] }) },
    });
  }

  /** The function may look at the cluster's deployments; the service's own name would make a circle with its hook. */
  private grantRead(cluster: ecs.ICluster): void {
    const allow = (action: string, resource: string) =>
      this.handler.addToRolePolicy(
        new iam.PolicyStatement({
          actions: [action],
          resources: [
            Stack.of(this).formatArn({
              service: 'ecs',
              resource,
              resourceName: `${cluster.clusterName}/*`,
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          ],
        }),
      );
    allow('ecs:DescribeServiceDeployments', 'service-deployment');
    allow('ecs:DescribeServiceRevisions', 'service-revision');
  }

  private createCheck(image: string): CustomResource {
    if (this.checks.size === 0) {
      this.handler.addToRolePolicy(
        new iam.PolicyStatement({
          actions: ['cloudformation:DescribeStacks'], // tells a rollback from an update
          resources: [Stack.of(this).stackId],
        }),
      );
    }
    const check = new CustomResource(this, `Check${this.checks.size || ''}`, {
      resourceType: 'Custom::EcrDeployGate',
      serviceToken: this.handler.functionArn,
      serviceTimeout: this.timeout.plus(Duration.seconds(120)),
      // the function has repository and policy from its environment; here they make a change check again
      properties: { Image: image, Repository: this.repository.repositoryArn, Policy: this.policy },
    });
    this.checks.set(image, check);
    return check;
  }
}
