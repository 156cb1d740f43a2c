import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * An instance that does NAT in each subnet that the VPC chooses. CDK's own provider lets the metadata service speak IMDSv1,
 * leaves disks unencrypted and warns about a deprecated property.
 */
export class NatInstances extends ec2.NatProvider {
  private readonly gateways: ec2.GatewayConfig[] = [];

  constructor(private readonly instanceType: ec2.InstanceType) {
    super();
  }

  public get configuredGateways(): ec2.GatewayConfig[] {
    return [...this.gateways];
  }

  public configureNat(options: ec2.ConfigureNatOptions): void {
    const securityGroup = new ec2.SecurityGroup(options.vpc, 'NatSecurityGroup', {
      vpc: options.vpc,
      description: 'NAT instances: only subnets of tasks come in',
      allowAllOutbound: true,
    });
    for (const { ipv4CidrBlock } of options.privateSubnets) {
      securityGroup.addIngressRule(ec2.Peer.ipv4(ipv4CidrBlock), ec2.Port.allTraffic(), 'a subnet of tasks');
    }
    for (const subnet of options.natSubnets) {
      const { instanceId } = this.createInstance(options.vpc, subnet, securityGroup);
      this.gateways.push({ az: subnet.availabilityZone, gatewayId: instanceId });
    }
    for (const subnet of options.privateSubnets) this.configureSubnet(subnet);
  }

  public configureSubnet(subnet: ec2.PrivateSubnet): void {
    const own = this.gateways.find(({ az }) => az === subnet.availabilityZone);
    subnet.addRoute('DefaultRoute', {
      routerType: ec2.RouterType.INSTANCE,
      routerId: (own ?? this.gateways[0]).gatewayId,
      enablesInternetConnectivity: true,
    });
  }

  private createInstance(vpc: ec2.Vpc, subnet: ec2.PublicSubnet, securityGroup: ec2.SecurityGroup): ec2.Instance {
    const userData = ec2.UserData.forLinux();
    userData.addCommands(...ec2.NatInstanceProviderV2.DEFAULT_USER_DATA_COMMANDS);
    return new ec2.Instance(subnet, 'NatInstance', {
      vpc,
      vpcSubnets: { subnets: [subnet] },
      securityGroup,
      instanceType: this.instanceType,
      // the newest image at each deployment: a newer one replaces the instance, which is how it is patched
      machineImage: ec2.MachineImage.latestAmazonLinux2023({
        cpuType:
          this.instanceType.architecture === ec2.InstanceArchitecture.ARM_64
            ? ec2.AmazonLinuxCpuType.ARM_64
            : ec2.AmazonLinuxCpuType.X86_64,
      }),
      userData,
      sourceDestCheck: false, // what it forwards is neither from nor to itself
      associatePublicIpAddress: true, // the subnet gives none by itself
      httpTokens: ec2.HttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }
}
