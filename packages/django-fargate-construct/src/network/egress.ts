import * as ec2 from 'aws-cdk-lib/aws-ec2';

const PRIVATE = ec2.SubnetType.PRIVATE_WITH_EGRESS;
const NANO = ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.NANO);

/** Services that a task cannot start without: its image (whose layers come from Amazon S3), its logs and its secrets. */
const TASK_SERVICES = [
  ec2.InterfaceVpcEndpointAwsService.ECR,
  ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
];

/** Options of NAT instances. */
export interface NatInstanceOptions {
  /**
   * Size of an instance; its processor decides the machine image.
   *
   * @default - t4g.nano
   */
  readonly instanceType?: ec2.InstanceType;
}

/** Options of a network without internet. */
export interface EndpointsOnlyOptions {
  /**
   * Services of AWS that the project calls, beside those that every task needs and Amazon S3.
   *
   * @default - none
   */
  readonly services?: ec2.InterfaceVpcEndpointAwsService[];
}

/** A choice in the terms of a network. */
interface EgressPlan {
  readonly name: string;
  /** Kind of the subnets that tasks run in. */
  readonly taskSubnets: ec2.SubnetType;
  /** NAT gateways or instances, for a number of zones. */
  readonly nats: (zones: number) => number;
  /** NAT instances of this size in place of NAT gateways. */
  readonly instanceType?: ec2.InstanceType;
  readonly endpoints?: ec2.InterfaceVpcEndpointAwsService[];
}

/** The way of tasks to AWS and the internet. It is about the way out alone: no choice lets anything in. */
export class Egress {
  /** A NAT gateway in each zone: a zone that fails does not take the others' way out with it. */
  public static natGatewayPerZone(): Egress {
    return new Egress({ name: 'NAT gateway per zone', taskSubnets: PRIVATE, nats: (zones) => zones });
  }

  /** One NAT gateway: when its zone fails, no zone has a way out. */
  public static natGateway(): Egress {
    return new Egress({ name: 'one NAT gateway', taskSubnets: PRIVATE, nats: () => 1 });
  }

  /**
   * An instance with Amazon Linux 2023 in each zone that does NAT: cheap, and yours to watch. A deployment that finds a
   * newer machine image replaces the instances, and their public addresses change.
   *
   * @param options what differs from the defaults
   */
  public static natInstancePerZone(options: NatInstanceOptions = {}): Egress {
    const { instanceType = NANO } = options;
    return new Egress({
      name: 'NAT instance per zone',
      taskSubnets: PRIVATE,
      nats: (zones) => zones,
      instanceType,
    });
  }

  /**
   * One such NAT instance: when it or its zone fails, no zone has a way out.
   *
   * @param options what differs from the defaults
   */
  public static natInstance(options: NatInstanceOptions = {}): Egress {
    const { instanceType = NANO } = options;
    return new Egress({ name: 'one NAT instance', taskSubnets: PRIVATE, nats: () => 1, instanceType });
  }

  /**
   * No internet: tasks reach Amazon S3, Amazon ECR, CloudWatch Logs, Secrets Manager and the services given, and nothing
   * else: no mail server, no payment provider, no other registry.
   *
   * @param options services of AWS that the project calls
   */
  public static endpointsOnly(options: EndpointsOnlyOptions = {}): Egress {
    const taskSubnets = ec2.SubnetType.PRIVATE_ISOLATED;
    const endpoints = [...TASK_SERVICES, ...(options.services ?? [])];
    return new Egress({ name: 'endpoints only', taskSubnets, nats: () => 0, endpoints });
  }

  /**
   * Tasks run in public subnets and have public addresses, while their security groups let only the load balancer in.
   * There is no part that can fail. Some organisations forbid public addresses, and Security Hub reports them (ECS.2).
   */
  public static publicTasks(): Egress {
    return new Egress({ name: 'public tasks', taskSubnets: ec2.SubnetType.PUBLIC, nats: () => 0 });
  }

  private constructor(
    /** @internal */
    public readonly _plan: EgressPlan,
  ) {}
}
