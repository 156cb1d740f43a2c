import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AuroraPostgresDatabase, DatabaseBackupPlan, type DatabaseBackupPlanProps, PostgresDatabase } from '../../src';
import { testStack } from '../fixtures';

const ENV = { account: '111122223333', region: 'eu-central-1' };
const IRELAND = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:copies';
const vaultOf = (stack: Stack, arn = IRELAND) => BackupVault.fromBackupVaultArn(stack, 'Copies', arn);

function plan(props: (stack: Stack) => Partial<DatabaseBackupPlanProps> = () => ({}), env = ENV) {
  const stack = new Stack(testStack(), 'Here', { env });
  const resources = [BackupResource.fromArn('arn:aws:rds:eu-central-1:111122223333:db:shop')];
  new DatabaseBackupPlan(stack, 'Backup', { resources, ...props(stack) });
  return Template.fromStack(stack);
}

const rule = (properties: object) => ({
  BackupPlan: { BackupPlanRule: [Match.objectLike(properties)] },
});

describe('DatabaseBackupPlan', () => {
  test('backs up every day, keeps that for 35 days, and copies nothing', () => {
    plan().hasResourceProperties(
      'AWS::Backup::BackupPlan',
      rule({
        ScheduleExpression: 'cron(0 5 * * ? *)',
        Lifecycle: { DeleteAfterDays: 35 },
        TargetBackupVault: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BackupVault'), 'BackupVaultName'] },
        CopyActions: Match.absent(),
      }),
    );
  });

  test('keeps its vault, whose backups are more than the stack', () => {
    plan().hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'Retain',
      Properties: { LockConfiguration: Match.absent() },
    });
  });

  test('is made for an instance and for a cluster', () => {
    const stack = testStack();
    const vpc = new Vpc(stack, 'Vpc');
    const { instance } = new PostgresDatabase(stack, 'Instance', { vpc });
    const { cluster } = new AuroraPostgresDatabase(stack, 'Aurora', { vpc });
    new DatabaseBackupPlan(stack, 'Backup', {
      resources: [BackupResource.fromRdsDatabaseInstance(instance), BackupResource.fromRdsDatabaseCluster(cluster)],
    });
    const [selection] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupSelection'));
    const [first, second] = selection.Properties.BackupSelection.Resources.map(JSON.stringify);
    expect(first).toMatch(/:db:",\{"Ref":"Instance/);
    expect(second).toMatch(/:cluster:",\{"Ref":"AuroraCluster/);
  });

  test('takes another time, retention and vault', () => {
    const template = plan((stack) => ({
      schedule: Schedule.cron({ hour: '1', minute: '30', weekDay: 'SUN' }),
      deleteAfter: Duration.days(365),
      vault: BackupVault.fromBackupVaultName(stack, 'Own', 'own'),
    }));
    template.resourceCountIs('AWS::Backup::BackupVault', 0);
    template.hasResourceProperties(
      'AWS::Backup::BackupPlan',
      rule({
        ScheduleExpression: 'cron(30 1 ? * SUN *)',
        Lifecycle: { DeleteAfterDays: 365 },
        TargetBackupVault: 'own',
      }),
    );
  });

  test('copies to other regions, for as long as the backup is kept unless it is said otherwise', () => {
    const copy = (deleteAfter?: Duration) =>
      plan((stack) => ({ deleteAfter: Duration.days(14), copies: [{ vault: vaultOf(stack), deleteAfter }] }));
    const actions = (days: number) => [{ DestinationBackupVaultArn: IRELAND, Lifecycle: { DeleteAfterDays: days } }];
    copy().hasResourceProperties('AWS::Backup::BackupPlan', rule({ CopyActions: actions(14) }));
    copy(Duration.days(90)).hasResourceProperties('AWS::Backup::BackupPlan', rule({ CopyActions: actions(90) }));
  });

  test('locks its vault', () => {
    const minRetention = Duration.days(30);
    plan(() => ({ lockConfiguration: { minRetention, changeableFor: Duration.days(3) } })).hasResourceProperties(
      'AWS::Backup::BackupVault',
      { LockConfiguration: { MinRetentionDays: 30, ChangeableForDays: 3 } },
    );
  });

  test.each<[(stack: Stack) => Partial<DatabaseBackupPlanProps>, string]>([
    [() => ({ resources: [] }), "'resources' must hold at least one database, got none"],
    [() => ({ schedule: Schedule.rate(Duration.days(1)) }), "'schedule' must be a cron expression, got 'rate(1 day)'"],
    [() => ({ deleteAfter: Duration.hours(12) }), "'deleteAfter' must be a whole number from 1 to 36500, got 0.5"],
    [
      (stack) => ({ copies: [{ vault: vaultOf(stack), deleteAfter: Duration.days(0) }] }),
      "'copies[0].deleteAfter' must be a whole number from 1 to 36500, got 0",
    ],
    [
      (stack) => ({ copies: [{ vault: vaultOf(stack, IRELAND.replace('eu-west-1', ENV.region)) }] }),
      "'copies[0].vault' must be in another region or account than the backup, got 'eu-central-1'",
    ],
    [
      () => ({ lockConfiguration: { minRetention: Duration.days(36) } }),
      "'deleteAfter' must be 36 or more days, as the lock asks for, got 35",
    ],
    [
      () => ({ lockConfiguration: { minRetention: Duration.days(7), maxRetention: Duration.days(30) } }),
      "'deleteAfter' must be 7 to 30 days, as the lock asks for, got 35",
    ],
    [
      (stack) => ({
        vault: BackupVault.fromBackupVaultName(stack, 'Own', 'own'),
        lockConfiguration: { minRetention: Duration.days(7) },
      }),
      "'lockConfiguration' must be left out with 'vault': lock that vault itself",
    ],
  ])('fails: %#', (props, message) => {
    expect(() => plan(props)).toThrow(`${message} [Test/Here/Backup]`);
  });

  test('copies within its region to another account', () => {
    const other = `arn:aws:backup:${ENV.region}:444455556666:backup-vault:copies`;
    plan((stack) => ({ copies: [{ vault: vaultOf(stack, other) }] })).hasResourceProperties(
      'AWS::Backup::BackupPlan',
      rule({ CopyActions: [Match.objectLike({ DestinationBackupVaultArn: other })] }),
    );
  });
});
