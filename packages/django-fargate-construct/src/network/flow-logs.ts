import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';

/** The connections in a network that are logged, and the log group for them. */
export class FlowLogs {
  /**
   * Connections that a security group refused.
   *
   * @param logGroup where they go; a new log group, kept as long as the site's logs, when it is left out
   */
  public static rejected(logGroup?: logs.ILogGroup): FlowLogs {
    return new FlowLogs(ec2.FlowLogTrafficType.REJECT, logGroup);
  }

  /**
   * All connections: many times as much to pay for.
   *
   * @param logGroup where they go; a new log group, kept as long as the site's logs, when it is left out
   */
  public static all(logGroup?: logs.ILogGroup): FlowLogs {
    return new FlowLogs(ec2.FlowLogTrafficType.ALL, logGroup);
  }

  /** Nothing is logged. */
  public static none(): FlowLogs {
    return new FlowLogs();
  }

  private constructor(
    /** @internal */
    public readonly _trafficType?: ec2.FlowLogTrafficType,
    /** @internal */
    public readonly _logGroup?: logs.ILogGroup,
  ) {}
}
