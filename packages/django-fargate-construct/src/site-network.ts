import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { requireWhole } from './private/validate';
import { SiteProfile } from './site-profile';

/** Properties of `SiteNetwork`. */
export interface SiteNetworkProps {
  /**
   * Decides the default number of NAT gateways.
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
   * NAT gateways, through which tasks reach AWS and the internet. With fewer than one per zone, a zone without its own
   * loses its way out when the zone of the gateway fails.
   *
   * @default - 2 in production, 1 in development
   */
  readonly natGateways?: number;
}

/** A VPC with public subnets for the load balancer, private ones for tasks and isolated ones for data. */
export class SiteNetwork extends Construct {
  /** The VPC. */
  public readonly vpc: ec2.Vpc;

  constructor(scope: Construct, id: string, props: SiteNetworkProps = {}) {
    super(scope, id);

    const maxAzs = props.maxAzs ?? 2;
    const natGateways = props.natGateways ?? (props.profile ?? SiteProfile.PRODUCTION)._defaults.natGateways;
    requireWhole(this, 'maxAzs', maxAzs, 2, 3);
    requireWhole(this, 'natGateways', natGateways, 1, maxAzs);

    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs,
      natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'Tasks', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
  }
}
