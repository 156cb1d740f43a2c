import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Subnets of a given VPC for the parts of the sites in it. */
export interface SiteSubnets {
  /**
   * Subnets of the tasks, 16 at most. In public ones they get public addresses.
   *
   * @default - those named `Tasks`, else the private ones, when they are one group
   */
  readonly tasks?: ec2.SubnetSelection;

  /**
   * Subnets of databases and caches.
   *
   * @default - those named `Data`, else the isolated or private ones, when they are one group
   */
  readonly data?: ec2.SubnetSelection;

  /**
   * Subnets of load balancers, of which one in each Availability Zone is used.
   *
   * @default - the public ones; of an internal load balancer those of the tasks, else isolated ones
   */
  readonly loadBalancer?: ec2.SubnetSelection;
}
