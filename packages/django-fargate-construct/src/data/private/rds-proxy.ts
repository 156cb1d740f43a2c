import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { dataSubnets } from '../../network/subnets';
import { requireWhole } from '../../shared/validate';
import type { RdsProxyOptions } from '../rds-proxy-options';

/**
 * Fails synthesis for numbers that RDS Proxy does not take.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html
 */
export function requireProxy(scope: Construct, { maxConnectionsPercent, ...times }: RdsProxyOptions): void {
  if (maxConnectionsPercent !== undefined) {
    requireWhole(scope, 'proxy.maxConnectionsPercent', maxConnectionsPercent, 1, 100);
  }
  const seconds = (prop: keyof typeof times, least: number, most: number) => {
    const value = times[prop];
    if (value) requireWhole(scope, `proxy.${prop}`, value.toSeconds({ integral: false }), least, most);
  };
  seconds('borrowTimeout', 1, 3600);
  seconds('idleClientTimeout', 60, 8 * 3600);
}

/** A proxy that speaks TLS only, beside the database, with one login. */
export function rdsProxy(
  scope: Construct,
  vpc: ec2.IVpc,
  secret: secretsmanager.ISecret,
  proxyTarget: rds.ProxyTarget,
  options: RdsProxyOptions,
): rds.DatabaseProxy {
  return new rds.DatabaseProxy(scope, 'Proxy', {
    vpc,
    vpcSubnets: dataSubnets(scope, vpc),
    securityGroups: [
      new ec2.SecurityGroup(scope, 'ProxySecurityGroup', { vpc, description: 'RDS Proxy of a Django site' }),
    ],
    proxyTarget,
    secrets: [secret],
    requireTLS: true,
    iamAuth: false,
    clientPasswordAuthType: rds.ClientPasswordAuthType.POSTGRES_SCRAM_SHA_256,
    maxConnectionsPercent: options.maxConnectionsPercent ?? 80,
    borrowTimeout: options.borrowTimeout ?? Duration.seconds(10),
    idleClientTimeout: options.idleClientTimeout ?? Duration.minutes(30),
  });
}
