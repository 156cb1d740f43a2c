import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import { Duration, Names, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { requireCron } from '../shared/times';
import { fail, requireWhole } from '../shared/validate';

/** A copy of every backup in another vault. */
export interface BackupCopy {
  /** Vault in another region or account, as `backup.BackupVault.fromBackupVaultArn()` knows it. */
  readonly vault: backup.IBackupVault;

  /**
   * Time after which a copy is deleted: whole days, from 1 on.
   *
   * @default - that of the backup
   */
  readonly deleteAfter?: Duration;
}

/** Properties of `DatabaseBackupPlan`. */
export interface DatabaseBackupPlanProps {
  /** The database: `backup.BackupResource.fromRdsDatabaseInstance()`, or `fromRdsDatabaseCluster()` for Aurora. */
  readonly resources: backup.BackupResource[];

  /**
   * Time at which a backup starts: a cron expression, in UTC. Keep an hour away from RDS's own backups and its maintenance window.
   *
   * @default - every day at 5:00
   */
  readonly schedule?: events.Schedule;

  /**
   * Time after which a backup is deleted: whole days, from 1 on. Below a week, AWS may have to make full backups each time.
   *
   * @default Duration.days(35)
   */
  readonly deleteAfter?: Duration;

  /**
   * Vaults that every backup is copied to.
   *
   * @default - none; backups stay in the database's region
   */
  readonly copies?: BackupCopy[];

  /**
   * Vault for the backups.
   *
   * @default - a new one with AWS's own key, which is kept when it leaves the stack
   */
  readonly vault?: backup.IBackupVault;

  /**
   * Times for which the new vault refuses to delete a backup. With `changeableFor`, nobody can lift the lock after that
   * time: not you, and not AWS.
   *
   * @default - none; who may delete a backup decides IAM
   */
  readonly lockConfiguration?: backup.LockConfiguration;
}

/**
 * Snapshots of a database by AWS Backup, in a vault of their own: they outlive the database, can be locked, and are
 * copied to another region or account, Aurora's as well.
 */
export class DatabaseBackupPlan extends Construct {
  /** The plan. */
  public readonly plan: backup.BackupPlan;
  /** Vault of the backups. */
  public readonly vault: backup.IBackupVault;

  constructor(scope: Construct, id: string, props: DatabaseBackupPlanProps) {
    super(scope, id);

    const { copies, deleteAfter = Duration.days(35), lockConfiguration } = props;
    this.requireSound(props, deleteAfter);

    this.vault = props.vault ?? new backup.BackupVault(this, 'Vault', { lockConfiguration });
    this.plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: Names.uniqueResourceName(this, { maxLength: 50, separator: '-' }),
      backupVault: this.vault,
    });
    this.plan.addRule(
      new backup.BackupPlanRule({
        scheduleExpression: props.schedule ?? events.Schedule.cron({ hour: '5', minute: '0' }),
        deleteAfter,
        copyActions: copies?.map((copy) => ({
          destinationBackupVault: copy.vault,
          deleteAfter: copy.deleteAfter ?? deleteAfter,
        })),
      }),
    );
    this.plan.addSelection('Selection', { resources: props.resources });
  }

  private requireSound(props: DatabaseBackupPlanProps, deleteAfter: Duration): void {
    const { copies = [], lockConfiguration, resources, schedule } = props;
    if (resources.length === 0) fail(this, "'resources' must hold at least one database, got none");
    if (schedule) requireCron(this, 'schedule', schedule.expressionString);
    requireDays(this, 'deleteAfter', deleteAfter);
    for (const [index, copy] of copies.entries()) {
      if (copy.deleteAfter) requireDays(this, `copies[${index}].deleteAfter`, copy.deleteAfter);
      requireElsewhere(this, `copies[${index}].vault`, copy.vault);
    }
    if (!lockConfiguration) return;
    if (props.vault) fail(this, "'lockConfiguration' must be left out with 'vault': lock that vault itself");
    const { minRetention, maxRetention } = lockConfiguration;
    const days = deleteAfter.toDays();
    if (days < minRetention.toDays() || days > (maxRetention?.toDays() ?? days)) {
      const most = maxRetention ? ` to ${maxRetention.toDays()}` : ' or more';
      fail(this, `'deleteAfter' must be ${minRetention.toDays()}${most} days, as the lock asks for, got ${days}`);
    }
  }
}

/** Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
function requireDays(scope: Construct, prop: string, time: Duration): void {
  requireWhole(scope, prop, time.toDays({ integral: false }), 1, 36_500);
}

/** A copy beside the original would be lost with it. */
function requireElsewhere(scope: Construct, prop: string, { env }: backup.IBackupVault): void {
  const { account, region } = Stack.of(scope);
  if (Token.isUnresolved(region) || env.region !== region || env.account !== account) return;
  fail(scope, `'${prop}' must be in another region or account than the backup, got '${region}'`);
}
