import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Lazy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';

/** Queues as the log lines about them are told apart: their names in alphabetical order. */
export function queueNames(queues: string[]): string {
  return [...queues].sort().join(',');
}

/** What the web process must report of queues, because their worker may have no task that does. */
export class QueueReport {
  private readonly reported: string[] = [];

  constructor(
    private readonly web: ecs.TaskDefinition,
    private readonly ownLogging: boolean,
  ) {}

  /** Has the web process report queues, too. */
  public add(worker: IConstruct, queues: string[]): void {
    if (this.ownLogging) {
      fail(
        worker,
        "'scaling.minTasks' must be at least 1 when 'web.logging' is set: web tasks report the queues in the log group of the site",
      );
    }
    if (this.reported.length === 0) {
      const value = Lazy.string({ produce: () => this.reported.join(' ') });
      this.web.defaultContainer?.addEnvironment('DJANGO_REPORT_QUEUES', value);
    }
    const names = queueNames(queues);
    if (!this.reported.includes(names)) this.reported.push(names);
  }
}
