import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmThresholds } from './alarm-thresholds';
import type { AlertRouting } from './alert-routing';
import { EcsServiceAlarms } from './ecs-service-alarms';
import { EcsServiceEvents } from './ecs-service-events';
import { EcsServiceMetrics } from './ecs-service-metrics';
import { dashboardRows } from './private/dashboard-rows';
import { targetGroupDimensions } from './private/target-group-dimensions';
import {
  fail,
  requireApplication,
  requireCluster,
  requireSamePlace,
  requireThresholds,
  warnOfSilence,
} from './private/validate';

/** Properties of `EcsServiceObservability`. */
export interface EcsServiceObservabilityProps {
  /** Service to watch, owned or imported. Nothing on it is changed. */
  readonly service: ecs.IBaseService;

  /**
   * Target group to which the load balancer sends the requests of the service.
   *
   * @default - none; requests and health checks of the load balancer are not watched
   */
  readonly targetGroup?: elbv2.IApplicationTargetGroup;

  /**
   * Load balancer that sends requests to the target group.
   *
   * @default - the one that the target group is attached to, or was imported with
   */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /**
   * Whether the load balancer serves other services as well. Requests and errors are then measured at the target group, where an
   * answer of the load balancer itself (no healthy target, no connection) is not seen; otherwise at the load balancer, whatever
   * target group a blue/green deployment sends to.
   *
   * @default false
   */
  readonly sharedLoadBalancer?: boolean;

  /**
   * Topics that the alarms are sent to.
   *
   * @default - nobody, and a warning at synthesis says so; `AlertRouting.none()` says it without the warning
   */
  readonly alerts?: AlertRouting;

  /**
   * Values that raise the alarms.
   *
   * @default - the default of each
   */
  readonly thresholds?: AlarmThresholds;

  /**
   * Whether the service may run no task at all, for instance at night. There is then no alarm on that.
   *
   * @default false
   */
  readonly scalesToZero?: boolean;

  /**
   * Whether to make a dashboard.
   *
   * @default true
   */
  readonly dashboard?: boolean;
}

/** Metrics, alarms and a dashboard for one ECS service, which it only watches. */
export class EcsServiceObservability extends Construct {
  /** The events that ECS sends about the service. */
  public readonly events: EcsServiceEvents;
  /** The metrics, for alarms and graphs of your own. */
  public readonly metrics: EcsServiceMetrics;
  /** Alarms on the signals of the service. */
  public readonly alarms: EcsServiceAlarms;
  /** The same signals, drawn. Not there when `dashboard` is false. */
  public readonly dashboard?: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: EcsServiceObservabilityProps) {
    super(scope, id);

    const { service, targetGroup, loadBalancer, sharedLoadBalancer, alerts, thresholds, scalesToZero } = props;
    requireCluster(this, service);
    requireSamePlace(this, 'service', service, ['account', 'region'], 'watch it from a stack there');
    alerts?._requireRegion(this);
    requireApplication(this, targetGroup, loadBalancer);
    requireThresholds(this, thresholds ?? {}, service, targetGroup !== undefined);
    if (sharedLoadBalancer && !targetGroup) {
      fail(this, "'sharedLoadBalancer' needs 'targetGroup', got none: pass the target group of the service too");
    }
    // The metrics ask again. Asked here, a load balancer that nobody knows fails before there is a rule.
    targetGroupDimensions(targetGroup, loadBalancer);

    this.events = new EcsServiceEvents(this, 'Events', { service });
    const { failedTaskRule } = this.events;
    this.metrics = new EcsServiceMetrics({ service, targetGroup, loadBalancer, sharedLoadBalancer, failedTaskRule });
    this.alarms = new EcsServiceAlarms(this, 'Alarms', { metrics: this.metrics, thresholds, scalesToZero, alerts });
    if (props.dashboard ?? true) {
      this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
        defaultInterval: Duration.hours(3),
        widgets: dashboardRows(this.metrics, this.alarms),
      });
    }

    if (!alerts) warnOfSilence(this);
  }
}
