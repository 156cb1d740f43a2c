import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';

/** Logs connections of a VPC to a log group, by a role that only flow logs of this account and region may take. */
export function addFlowLog(vpc: ec2.Vpc, trafficType: ec2.FlowLogTrafficType, logGroup: logs.ILogGroup): void {
  const stack = Stack.of(vpc);
  const flowLogs = stack.formatArn({
    service: 'ec2',
    resource: 'vpc-flow-log',
    resourceName: '*', // the role exists before the flow log, whose name AWS chooses
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  const role = new iam.Role(vpc, 'FlowLogRole', {
    description: `Writes the flow log of ${vpc.node.path}`,
    assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': flowLogs } },
    }),
  });
  // the destination adds the right to write to this one log group
  vpc.addFlowLog('FlowLog', { trafficType, destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role) });
}
