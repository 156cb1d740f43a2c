import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { having, type Kinds, NUMBER, PROFILE, requireKinds } from '../shared/kinds';
import { requireWhole } from '../shared/validate';
import { SiteProfile } from '../site-profile';
import { Egress } from './egress';
import { FlowLogs } from './flow-logs';
import { addFlowLog } from './private/flow-log';
import { NatInstances } from './private/nat-instances';
import { addInterfaceEndpoints } from './private/network-endpoints';
import type { SiteSubnets } from './site-subnets';
import { chooseSubnets, DATA, TASKS } from './subnets';

/** Properties of `SiteNetwork`. */
export interface SiteNetworkProps {
  /**
   * Decides the egress of the tasks, the flow logs and how long they are kept.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Availability Zones to use, 2 or 3.
   *
   * @default 2
   */
  readonly maxAzs?: number;

  /**
   * The way of tasks to AWS and the internet. It can be changed later: the subnets stay, and with them the data.
   *
   * @default - `Egress.natGatewayPerZone()` in production, `Egress.publicTasks()` in development
   */
  readonly egress?: Egress;

  /**
   * The connections that are logged, and the log group for them.
   *
   * @default - `FlowLogs.rejected()` in production, `FlowLogs.none()` in development
   */
  readonly flowLogs?: FlowLogs;
}

const KINDS: Kinds<SiteNetworkProps> = {
  profile: PROFILE,
  maxAzs: NUMBER,
  egress: having('an Egress, such as Egress.natGateway()', '_plan'),
  flowLogs: having('FlowLogs, such as FlowLogs.rejected()', '_trafficType'),
};

/**
 * A VPC for IPv4 with public subnets for the load balancer, subnets for tasks and isolated ones for data. Amazon S3 is
 * reached through a gateway endpoint, which costs nothing; the default security group lets nothing in or out.
 */
export class SiteNetwork extends Construct {
  /**
   * Chooses the subnets of a VPC that was made elsewhere for the tasks, data and load balancers of all sites in it. To be called
   * before those are made.
   *
   * @param vpc VPC with subnets of several groups, or with more than a service takes
   * @param subnets which of them each part uses
   */
  public static chooseSubnets(vpc: ec2.IVpc, subnets: SiteSubnets): void {
    chooseSubnets(vpc, subnets);
  }

  /** The VPC. */
  public readonly vpc: ec2.Vpc;

  constructor(scope: Construct, id: string, props: SiteNetworkProps = {}) {
    super(scope, id);

    requireKinds(this, '', props, KINDS);
    const profile = props.profile ?? SiteProfile.PRODUCTION;
    const maxAzs = props.maxAzs ?? 2;
    requireWhole(this, 'maxAzs', maxAzs, 2, 3);

    this.vpc = this.createVpc(maxAzs, props.egress ?? Egress[profile._defaults.egress]());
    this.logConnections(
      props.flowLogs ?? (profile._defaults.flowLogs ? FlowLogs.rejected() : FlowLogs.none()),
      profile,
    );
  }

  private createVpc(maxAzs: number, egress: Egress): ec2.Vpc {
    const { taskSubnets, nats, instanceType, endpoints } = egress._plan;
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs,
      natGateways: nats(maxAzs),
      natGatewayProvider: instanceType && new NatInstances(instanceType),
      restrictDefaultSecurityGroup: true,
      // the same order and sizes for each egress, so that changing it moves no subnet
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        {
          name: TASKS,
          subnetType: taskSubnets,
          cidrMask: 20,
          mapPublicIpOnLaunch: taskSubnets === ec2.SubnetType.PUBLIC ? false : undefined,
        },
        { name: DATA, subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    if (endpoints) addInterfaceEndpoints(vpc, { subnetGroupName: TASKS }, endpoints);
    return vpc;
  }

  private logConnections(flowLogs: FlowLogs, profile: SiteProfile): void {
    if (!flowLogs._trafficType) return;
    const { logRetentionDays: retention, removalPolicy } = profile._defaults;
    const logGroup = flowLogs._logGroup ?? new logs.LogGroup(this, 'FlowLogs', { retention, removalPolicy });
    addFlowLog(this.vpc, flowLogs._trafficType, logGroup);
  }
}
