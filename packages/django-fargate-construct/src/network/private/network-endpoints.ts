import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Interface endpoints under the services' own names, which only addresses of the VPC reach. */
export function addInterfaceEndpoints(
  vpc: ec2.Vpc,
  subnets: ec2.SubnetSelection,
  services: ec2.InterfaceVpcEndpointAwsService[],
): void {
  const securityGroup = new ec2.SecurityGroup(vpc, 'EndpointSecurityGroup', {
    vpc,
    description: 'VPC endpoints: only addresses of the VPC come in',
    allowAllOutbound: false,
  });
  securityGroup.addIngressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.HTTPS, 'APIs of AWS');
  // AWS refuses a second endpoint for the same name
  const unique = new Map(services.map((service) => [service.shortName, service]));
  for (const [name, service] of unique) {
    vpc.addInterfaceEndpoint(pascalCase(name), {
      service,
      subnets,
      securityGroups: [securityGroup],
      privateDnsEnabled: true,
      open: false, // the rule above stands for all of them
    });
  }
}

function pascalCase(name: string): string {
  const words = name.split(/[^a-z0-9]+/i).filter(Boolean);
  return `${words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')}Endpoint`;
}
