import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { letPublish } from './private/topic-access';
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
   * A topic of the same app gets a policy by which CloudWatch's alarms and EventBridge's rules of its account may publish, and
   * its key, if it has one, lets them use it. What another policy must say, because topic or key are imported, is a warning.
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
   * Lets alarms and event rules publish to the topics.
   *
   * @internal
   */
  public _letPublish(): void {
    for (const topic of Object.values(this.topicOf)) letPublish(topic);
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
