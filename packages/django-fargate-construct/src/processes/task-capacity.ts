import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { requireWhole } from '../shared/validate';

/** Share of the tasks of a process that stay on Fargate. */
export interface SpotCapacityOptions {
  /**
   * Tasks that always run on Fargate; only what is beyond them runs on Spot.
   *
   * @default - web: `scaling.minTasks`; worker: 0
   */
  readonly onDemandTasks?: number;

  /**
   * Share of the tasks beyond `onDemandTasks` that runs on Spot, in percent.
   *
   * @default 100
   */
  readonly spotPercent?: number;
}

/** Capacity that the tasks of a process run on: Fargate, or partly Fargate Spot. */
export class TaskCapacity {
  /** All tasks on Fargate. AWS takes none of them back. */
  public static onDemand(): TaskCapacity {
    return new TaskCapacity(undefined);
  }

  /**
   * Tasks on Fargate Spot, at about 0.3 of the price. AWS may take each one back: it gets SIGTERM, and ends two minutes
   * later at most. When there is no Spot capacity, ECS waits for it and starts nothing on Fargate instead.
   *
   * @param options how many tasks stay on Fargate
   */
  public static spot(options: SpotCapacityOptions = {}): TaskCapacity {
    return new TaskCapacity(options);
  }

  private constructor(private readonly options: SpotCapacityOptions | undefined) {}

  /** @internal */
  public _strategies(
    scope: IConstruct,
    prefix: string,
    defaultOnDemandTasks: number,
  ): ecs.CapacityProviderStrategy[] | undefined {
    if (!this.options) return undefined;
    const base = this.options.onDemandTasks ?? defaultOnDemandTasks;
    const spotPercent = this.options.spotPercent ?? 100;
    requireWhole(scope, `${prefix}onDemandTasks`, base, 0);
    requireWhole(scope, `${prefix}spotPercent`, spotPercent, 1, 100);
    const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotPercent };
    return base === 0 && spotPercent === 100
      ? [spot]
      : [{ capacityProvider: 'FARGATE', base, weight: 100 - spotPercent }, spot];
  }
}
