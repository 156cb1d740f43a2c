import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Subnets for databases and caches: isolated ones where the VPC has them, else private ones. */
export function dataSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  const isolated = vpc.isolatedSubnets.length > 0;
  return { subnetType: isolated ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS };
}

/** Subnets for tasks: private ones with a way out. */
export const TASK_SUBNETS: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
