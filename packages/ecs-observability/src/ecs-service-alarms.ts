import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { AlarmThresholds } from './alarm-thresholds';
import { AlertRouting } from './alert-routing';
import type { EcsServiceMetrics } from './ecs-service-metrics';
import {
  containerRestarts,
  cpuHigh,
  latencyHigh,
  memoryHigh,
  noRunningTasks,
  serverErrors,
  serverErrorsOfFew,
  unhealthyTargets,
} from './private/alarm-definitions';
import { requireThresholds } from './private/validate';

/** Properties of `EcsServiceAlarms`. */
export interface EcsServiceAlarmsProps {
  /** The metrics, with the rule that counts failed tasks. */
  readonly metrics: EcsServiceMetrics;

  /**
   * Values that raise the alarms.
   *
   * @default - the default of each
   */
  readonly thresholds?: AlarmThresholds;

  /**
   * Whether the service may run no task at all, for instance at night. There is then no `noRunningTasks`.
   *
   * @default false
   */
  readonly scalesToZero?: boolean;

  /**
   * Topics that the alarms are sent to.
   *
   * @default AlertRouting.none()
   */
  readonly alerts?: AlertRouting;
}

/**
 * Alarms on the signals of one ECS service.
 *
 * No data is good for all of them but `noRunningTasks`, which is raised when a service falls silent, so that an outage
 * raises one alarm and not all. CloudFormation names the alarms, so they can be replaced without a clash.
 */
export class EcsServiceAlarms extends Construct {
  /** Every alarm, critical ones first. */
  public readonly all: cloudwatch.Alarm[] = [];
  /** Critical: no task reports itself. Not there when the service scales to zero. */
  public readonly noRunningTasks?: cloudwatch.Alarm;
  /** Critical: tasks fail over and over. */
  public readonly containerRestarts: cloudwatch.Alarm;
  /** Critical: requests are answered with errors. Only with a target group. */
  public readonly serverErrors?: cloudwatch.Alarm;
  /** Critical: the same for a site that has few requests. Only with a target group. */
  public readonly serverErrorsOfFew?: cloudwatch.Alarm;
  /** Warning: requests take too long. Only with a target group. */
  public readonly latencyHigh?: cloudwatch.Alarm;
  /** Warning: targets fail the load balancer's health check. Only with a target group. */
  public readonly unhealthyTargets?: cloudwatch.Alarm;
  /** Warning: the tasks need more CPU than they reserve. */
  public readonly cpuHigh: cloudwatch.Alarm;
  /** Warning: the tasks need nearly all of their memory. */
  public readonly memoryHigh: cloudwatch.Alarm;

  private readonly alerts: AlertRouting;

  constructor(scope: Construct, id: string, props: EcsServiceAlarmsProps) {
    super(scope, id);

    const { metrics, thresholds = {} } = props;
    this.alerts = props.alerts ?? AlertRouting.none();
    this.alerts._requireRegion(this);
    requireThresholds(this, thresholds, metrics.service, metrics.measuresRequests);
    this.alerts._letPublish();

    if (!props.scalesToZero) {
      this.noRunningTasks = this.add('NoRunningTasks', 'critical', noRunningTasks(metrics));
    }
    if (metrics.measuresRequests) {
      this.serverErrors = this.add('ServerErrors', 'critical', serverErrors(metrics, thresholds));
      this.serverErrorsOfFew = this.add('ServerErrorsOfFew', 'critical', serverErrorsOfFew(metrics, thresholds));
    }
    this.containerRestarts = this.add('ContainerRestarts', 'critical', containerRestarts(metrics, thresholds));
    if (metrics.measuresRequests) {
      this.latencyHigh = this.add('LatencyHigh', 'warning', latencyHigh(metrics, thresholds));
      this.unhealthyTargets = this.add('UnhealthyTargets', 'warning', unhealthyTargets(metrics, thresholds));
    }
    this.cpuHigh = this.add('CpuHigh', 'warning', cpuHigh(metrics, thresholds));
    this.memoryHigh = this.add('MemoryHigh', 'warning', memoryHigh(metrics, thresholds));
  }

  private add(id: string, severity: 'critical' | 'warning', props: cloudwatch.AlarmProps): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, props);
    const topic = this.alerts._topicFor(severity);
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    this.all.push(alarm);
    return alarm;
  }
}
