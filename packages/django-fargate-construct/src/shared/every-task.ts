import type * as ecs from 'aws-cdk-lib/aws-ecs';

/** The tasks of all processes of a site, those that come later too. */
export class EveryTask {
  private readonly tasks: ecs.FargateTaskDefinition[] = [];
  private readonly changes: ((task: ecs.FargateTaskDefinition) => void)[] = [];

  /** Does something to every task: to those that there are, and to each that is added. */
  public forEach(change: (task: ecs.FargateTaskDefinition) => void): void {
    this.changes.push(change);
    for (const task of this.tasks) change(task);
  }

  public add(task: ecs.FargateTaskDefinition): void {
    this.tasks.push(task);
    for (const change of this.changes) change(task);
  }
}
