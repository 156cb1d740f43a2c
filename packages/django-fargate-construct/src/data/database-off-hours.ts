import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { OffHours } from '../off-hours';
import { SiteProfile } from '../site-profile';
import type { StoppableDatabase } from './stoppable-database';

/** Properties of `DatabaseOffHours`. */
export interface DatabaseOffHoursProps {
  /** Database to stop and start. */
  readonly database: StoppableDatabase;

  /** Times at which it is stopped. */
  readonly offHours: OffHours;

  /**
   * Decides whether the database may be stopped without a word from you.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;
}

/** Stops a database off hours and starts it again; its storage and backups are paid for all the time. */
export class DatabaseOffHours extends Construct {
  /** Schedule that starts the database. */
  public readonly start: scheduler.Schedule;
  /** Schedule that stops the database. */
  public readonly stop: scheduler.Schedule;

  constructor(scope: Construct, id: string, props: DatabaseOffHoursProps) {
    super(scope, id);

    props.offHours._require(this, props.profile ?? SiteProfile.PRODUCTION);
    props.database._require(this);
    this.start = this.createSchedule('Start', 'start', props);
    this.stop = this.createSchedule('Stop', 'stop', props);
  }

  private createSchedule(id: string, verb: 'start' | 'stop', props: DatabaseOffHoursProps): scheduler.Schedule {
    const { database, offHours } = props;
    const role = new iam.Role(this, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `Lets EventBridge Scheduler ${verb} one database`,
    });
    const action = `${verb}${database._noun}`;
    return new scheduler.Schedule(this, id, {
      description: `${id}s the database of a Django site`,
      schedule: scheduler.ScheduleExpression.cron({
        ...offHours._cron(`${verb}Database`),
        timeZone: offHours._hours.timeZone,
      }),
      target: new targets.Universal({
        service: 'rds',
        action,
        role,
        input: scheduler.ScheduleTargetInput.fromObject({ [database._parameter]: database._identifier }),
        policyStatements: [
          new iam.PolicyStatement({
            actions: [`rds:${action.charAt(0).toUpperCase()}${action.slice(1)}`],
            resources: [database._arn],
          }),
        ],
        // RDS refuses while a backup or a change is under way; and on a day that somebody stopped or started it by hand
        maxEventAge: Duration.hours(1),
        retryAttempts: 20,
      }),
    });
  }
}
