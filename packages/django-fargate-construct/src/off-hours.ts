import type { TimeZone } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { requireTimeZone } from './shared/times';
import { fail, requireWhole } from './shared/validate';
import type { SiteProfile } from './site-profile';

/** Hours of a working day, Monday to Friday, in which a site runs. */
export interface WeekdayHours {
  /** Full hour, 0 to 22, at which the database starts; the tasks follow 15 minutes later. */
  readonly startHour: number;

  /** Full hour, later than `startHour` and 23 at most, at which the tasks stop; the database follows 15 minutes later. */
  readonly stopHour: number;

  /** Time zone of the hours. */
  readonly timeZone: TimeZone;

  /**
   * Lets a site of the production profile stop, too: visitors get errors until it starts again.
   *
   * @default false
   */
  readonly stopsProduction?: boolean;
}

/** Times at which a site is stopped to save money: its tasks, and its database where that can be. */
export class OffHours {
  /**
   * Outside the working hours of Monday to Friday, and at weekends.
   *
   * @param hours when the site runs
   */
  public static weekdays(hours: WeekdayHours): OffHours {
    return new OffHours(hours);
  }

  private constructor(
    /** @internal */
    public readonly _hours: WeekdayHours,
  ) {}

  /** @internal */
  public _require(scope: IConstruct, profile: SiteProfile): void {
    const { startHour, stopHour, timeZone, stopsProduction } = this._hours;
    requireWhole(scope, 'offHours.startHour', startHour, 0, 22);
    requireWhole(scope, 'offHours.stopHour', stopHour, startHour + 1, 23);
    requireTimeZone(scope, 'offHours.timeZone', timeZone);
    if (!profile._defaults.stops && !stopsProduction) {
      fail(
        scope,
        `'offHours' must be left out of the ${profile.name} profile: it stops the site. Set 'stopsProduction' in it to stop the site all the same`,
      );
    }
  }

  /** @internal */
  public _cron(event: 'startDatabase' | 'startTasks' | 'stopTasks' | 'stopDatabase'): WeekdayCron {
    const { startHour, stopHour } = this._hours;
    const hour = String(event.startsWith('start') ? startHour : stopHour);
    const minute = event === 'startTasks' || event === 'stopDatabase' ? '15' : '0';
    return { minute, hour, weekDay: 'MON-FRI' };
  }
}

/** The fields that cron schedules of Application Auto Scaling and of EventBridge Scheduler share. */
interface WeekdayCron {
  readonly minute: string;
  readonly hour: string;
  readonly weekDay: string;
}
