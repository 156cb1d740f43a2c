import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as events from 'aws-cdk-lib/aws-events';
import { Duration } from 'aws-cdk-lib/core';
import { targetGroupDimensions } from './private/target-group-dimensions';
import { fail, requireApplication, requireCluster } from './private/validate';

/** Properties of `EcsServiceMetrics`. */
export interface EcsServiceMetricsProps {
  /** Service to measure, owned or imported. */
  readonly service: ecs.IBaseService;

  /**
   * Target group to which the load balancer sends the requests of the service.
   *
   * @default - none; what the load balancer measures is not available
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
   * Rule that matches the failed tasks of the service, for instance that of `EcsServiceEvents`.
   *
   * @default - none; container restarts are not available
   */
  readonly failedTaskRule?: events.IRule;
}

/**
 * CloudWatch metrics of one ECS service. AWS publishes all of them without charge and without Container Insights.
 *
 * Each method takes options that replace its own statistic and period, or add a label and a color.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class EcsServiceMetrics {
  /** Service that is measured. */
  public readonly service: ecs.IBaseService;
  /** Whether there is a target group, so that requests and targets can be measured. */
  public readonly measuresRequests: boolean;
  /** Whether answers of the load balancer itself are those of this service: it has a target group, and no other service shares them. */
  public readonly measuresLoadBalancer: boolean;

  private readonly serviceDimensions: cloudwatch.DimensionsMap;
  private readonly targetGroupDimensions?: cloudwatch.DimensionsMap;
  private readonly failedTaskRule?: events.IRule;

  constructor(props: EcsServiceMetricsProps) {
    const { service, targetGroup, loadBalancer } = props;

    requireCluster(service, service);
    requireApplication(service, targetGroup, loadBalancer);
    this.service = service;
    this.serviceDimensions = { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName };
    this.targetGroupDimensions = targetGroupDimensions(targetGroup, loadBalancer);
    this.measuresRequests = targetGroup !== undefined;
    this.measuresLoadBalancer = this.measuresRequests && !props.sharedLoadBalancer;
    this.failedTaskRule = props.failedTaskRule;
  }

  /**
   * CPU in use, in percent of what the tasks reserve.
   *
   * @default - average of all tasks, each minute; the statistic `Maximum` is the busiest task
   * @param options statistic, period, label or color in place of the defaults
   */
  public cpuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofService('CPUUtilization', { statistic: 'Average', ...options });
  }

  /**
   * Memory in use, in percent of what the tasks reserve.
   *
   * @default - average of all tasks, each minute; the statistic `Maximum` is the fullest task
   * @param options statistic, period, label or color in place of the defaults
   */
  public memoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofService('MemoryUtilization', { statistic: 'Average', ...options });
  }

  /**
   * Tasks that run: each reports its CPU once a minute, and this counts the reports.
   *
   * Without a running task there is no data at all, never a zero. A period of more than a minute counts each task
   * several times, and so does a service whose metrics have a resolution of 20 seconds.
   *
   * @default - number of samples, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public runningTasks(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofService('CPUUtilization', { statistic: 'SampleCount', ...options });
  }

  /**
   * Requests that the load balancer sent to a target. One that finds no target is none of them.
   *
   * @default - sum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public requestCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofRequests('requestCount', 'RequestCount', { statistic: 'Sum', ...options });
  }

  /**
   * Answers of the service with a status of 500 to 599. None, no data.
   *
   * @default - sum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public serverErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofRequests('serverErrors', 'HTTPCode_Target_5XX_Count', { statistic: 'Sum', ...options });
  }

  /**
   * Answers of the load balancer itself with a status of 500 to 599: no healthy target, no connection, no answer in time. None, no
   * data. Fails for a load balancer that others share: the number is that of all its services.
   *
   * @default - sum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public loadBalancerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofLoadBalancer('loadBalancerErrors', 'HTTPCode_ELB_5XX_Count', { statistic: 'Sum', ...options });
  }

  /**
   * Requests that the load balancer answers with 503, because it has no target for them. `requestCount` does not count them. None, no
   * data. Fails for a load balancer that others share.
   *
   * @default - sum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public requestsWithoutTarget(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofLoadBalancer('requestsWithoutTarget', 'HTTPCode_ELB_503_Count', { statistic: 'Sum', ...options });
  }

  /**
   * Seconds from the request leaving the load balancer until the target starts to answer. Requests without an answer
   * are not measured.
   *
   * @default - 95th percentile, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public requestLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofRequests('requestLatency', 'TargetResponseTime', {
      statistic: 'p95',
      ...options,
    });
  }

  /**
   * Targets that fail the load balancer's health check.
   *
   * Each node of the load balancer counts for itself, and the minimum is what all of them agree on. A target that is
   * being registered or drained is not counted.
   *
   * @default - minimum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public healthCheckFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.ofTargetGroup('healthCheckFailures', 'UnHealthyHostCount', {
      statistic: 'Minimum',
      ...options,
    });
  }

  /**
   * Failed tasks that ECS replaces, as counted by the rule. No failed task, no data.
   *
   * @default - sum, each minute
   * @param options statistic, period, label or color in place of the defaults
   */
  public containerRestarts(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this.failedTaskRule) {
      fail(this.service, `containerRestarts() needs 'failedTaskRule', got none: pass the rule of an EcsServiceEvents`);
    }
    const dimensions = { RuleName: this.failedTaskRule.ruleName };
    return metric('AWS/Events', 'TriggeredRules', dimensions, { statistic: 'Sum', ...options });
  }

  private ofService(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metric('AWS/ECS', metricName, this.serviceDimensions, options);
  }

  /** At the load balancer when it is the service's alone, else at the target group. */
  private ofRequests(method: string, metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.measuresLoadBalancer
      ? this.ofLoadBalancer(method, metricName, options)
      : this.ofTargetGroup(method, metricName, options);
  }

  private ofLoadBalancer(method: string, metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { LoadBalancer } = this.atTargetGroup(method);
    if (!this.measuresLoadBalancer) {
      fail(
        this.service,
        `${method}() needs a load balancer of its own, got 'sharedLoadBalancer': others count as well`,
      );
    }
    return metric('AWS/ApplicationELB', metricName, { LoadBalancer }, options);
  }

  private ofTargetGroup(method: string, metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return metric('AWS/ApplicationELB', metricName, this.atTargetGroup(method), options);
  }

  private atTargetGroup(method: string): cloudwatch.DimensionsMap {
    if (!this.targetGroupDimensions) {
      fail(this.service, `${method}() needs 'targetGroup', got none: it is measured at the load balancer`);
    }
    return this.targetGroupDimensions;
  }
}

function metric(
  namespace: string,
  metricName: string,
  dimensionsMap: cloudwatch.DimensionsMap,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace, metricName, dimensionsMap, period: Duration.minutes(1), ...options });
}
