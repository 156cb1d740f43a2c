import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { requireSamePlace } from './private/validate';

/**
 * The topics that get an alarm, when it is raised and again when it ends.
 *
 * An alarm is critical when users are affected or soon will be, and a warning when somebody should look today.
 */
export class AlertRouting {
  /**
   * Notifies SNS topics of the region that the alarms are in.
   *
   * The topics stay as they are. One with a policy of its own, or with a customer-managed key, must let
   * `cloudwatch.amazonaws.com` publish.
   *
   * @param critical hears of critical alarms.
   * @param warning hears of warnings; without it, the critical topic hears of them too.
   */
  public static topics(critical: sns.ITopic, warning?: sns.ITopic): AlertRouting {
    return new AlertRouting({ critical, warning: warning ?? critical });
  }

  /** Notifies nobody. The alarms exist and are on the dashboard. */
  public static none(): AlertRouting {
    return new AlertRouting({});
  }

  private constructor(private readonly topicOf: { readonly [severity in Severity]?: sns.ITopic }) {}

  /**
   * Topic for alarms of a severity, if anybody is to hear of them.
   *
   * @internal
   */
  public _topicFor(severity: Severity): sns.ITopic | undefined {
    return this.topicOf[severity];
  }

  /**
   * Fails when a topic is known to be in another region, which CloudWatch would refuse only at deployment.
   *
   * @internal
   */
  public _requireRegion(scope: IConstruct): void {
    for (const topic of Object.values(this.topicOf)) {
      requireSamePlace(scope, 'alerts', topic, ['region'], 'pass a topic of that region');
    }
  }
}

/** Urgency of an alarm. */
type Severity = 'critical' | 'warning';
