import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ProcessContainerOptions } from '../contract/process-container';
import { CONTAINER, type Kinds, needed, requireKinds, TEXTS } from '../shared/kinds';
import { type CommandSite, commandSecurityGroup, commandSize, commandTask } from './private/command-task';
import { managementCommand, requireManagementCommand } from './private/management-command';
import { SIZE_KINDS } from './process-kinds';
import { grantRunTask, taskNetwork } from './run-task';

/** Properties of a command that people or scripts run. */
export interface DjangoCommandProps {
  /** Management command and its arguments, such as `['createsuperuser', '--noinput']`; `python manage.py` is put before it. */
  readonly command: string[];

  /**
   * CPU units of the task; 1024 are one vCPU.
   *
   * @default - 512 in production, 256 in development
   */
  readonly cpu?: number;

  /**
   * Memory of the task in MiB.
   *
   * @default - 1024 in production, 512 in development
   */
  readonly memoryMiB?: number;

  /**
   * Another image, and further variables and secrets, for this command alone.
   *
   * @default - those of the site
   */
  readonly container?: ProcessContainerOptions;
}

export const COMMAND_KINDS: Kinds<DjangoCommandProps> = { ...SIZE_KINDS, command: needed(TEXTS), container: CONTAINER };

/**
 * A management command, ready to be run as a task with the site's image, environment and rights. Nothing runs it by
 * itself. Made by `addCommand` of a site.
 */
export class DjangoCommand extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(scope: Construct, id: string, site: CommandSite, props: DjangoCommandProps): DjangoCommand {
    return new DjangoCommand(scope, id, site, props);
  }

  /** Task that runs the command. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** Network rules of the task, which let it reach the database and the cache. */
  public readonly securityGroup: ec2.SecurityGroup;
  /** Network rules of the task. */
  public readonly connections: ec2.Connections;
  /** Task role of this command alone; the site itself stands for all processes. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** Command of the AWS CLI that starts the task, for an output of the stack. */
  public readonly runTaskCommand: string;

  private readonly cluster: ecs.ICluster;

  private constructor(scope: Construct, id: string, site: CommandSite, props: DjangoCommandProps) {
    super(scope, id);

    requireKinds(this, '', props, COMMAND_KINDS);
    requireManagementCommand(this, props.command);
    const size = commandSize(this, site.profile, props);

    this.cluster = site.cluster;
    this.taskDefinition = commandTask(this, 'Task', site, {
      ...size,
      command: managementCommand(props.command),
      container: props.container,
    });
    this.securityGroup = commandSecurityGroup(this, 'SecurityGroup', site);
    this.connections = this.securityGroup.connections;
    this.grantPrincipal = this.taskDefinition.taskRole;
    this.runTaskCommand = this.awsCommand();
  }

  /**
   * Lets somebody run this command, in the site's cluster: `ecs:RunTask` on the task, `iam:PassRole` on its two roles.
   *
   * @param grantee who may run it
   */
  public grantRun(grantee: iam.IGrantable): iam.Grant {
    return grantRunTask(grantee, this.cluster, this.taskDefinition);
  }

  private awsCommand(): string {
    const { subnets, securityGroups, assignPublicIp } = taskNetwork(this, this.cluster.vpc, this.securityGroup);
    const network = `subnets=[${subnets.join(',')}],securityGroups=[${securityGroups.join(',')}],assignPublicIp=${assignPublicIp}`;
    return [
      `aws ecs run-task --cluster ${this.cluster.clusterName} --launch-type FARGATE`,
      `--task-definition ${this.taskDefinition.taskDefinitionArn}`,
      `--network-configuration 'awsvpcConfiguration={${network}}'`,
    ].join(' ');
  }
}
