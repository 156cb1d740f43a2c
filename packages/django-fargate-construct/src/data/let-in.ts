import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { shortened } from '../shared/shortened';
import { fail } from '../shared/validate';

/**
 * Lets a process reach a database or a cache. The rules are made in the stack of the process: data in a stack of its own
 * knows none of the sites that use it, and is there before them. `allowDefaultPortFrom` would make them in the data's stack
 * and close a circle; `allowToDefaultPort` warns for every process that may call everywhere.
 */
export function letInto(scope: Construct, prop: string, data: ec2.IConnectable, process: ec2.Connections): void {
  const { defaultPort, securityGroups } = data.connections;
  if (!defaultPort) fail(scope, `'${prop}' must have connections with a default port, got none`);
  for (const group of securityGroups) {
    for (const own of process.securityGroups) {
      // CDK's own words, which are too long for AWS deep down in a tree
      group.addIngressRule(own, defaultPort, shortened(`from ${own.uniqueId}:${defaultPort}`), true);
    }
  }
}
