import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DjangoRuntime } from '../contract/django-runtime';
import type { ReleaseProps } from '../contract/release-props';
import type { IDjangoDatabase } from '../data/django-database';
import { STATIC_PREFIX } from '../data/site-storage';
import { processSecurityGroup } from '../processes/django-service';
import { djangoTask } from '../processes/django-task';
import type { WebPlan } from '../processes/web-plan';
import type { SiteProfile } from '../site-profile';
import { publishingCommand } from './private/publish-static-files';
import { afterRunUser } from './private/run-user';
import { ReleaseTask } from './release-task';

/** Parts of a site that the release needs. */
interface ReleasingSite {
  readonly releaseRuntime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
  readonly database: IDjangoDatabase;
}

/** Runs the release's command once, before the tasks that depend on it, in a task of the web tasks' size. */
export function siteRelease(
  scope: Construct,
  site: ReleasingSite,
  web: WebPlan,
  props: ReleaseProps,
): { release: ReleaseTask; securityGroup: ec2.SecurityGroup } {
  const { cluster, database, profile } = site;
  const taskDefinition = djangoTask(scope, 'ReleaseTask', site.releaseRuntime, {
    process: { DJANGO_PROCESS: 'release' },
    cpu: web.cpu,
    memoryMiB: web.memoryMiB,
    command: releaseCommand(props, database),
    stopTimeout: Duration.seconds(120),
  });
  if (props.publishStaticFiles ?? true) grantPublish(taskDefinition.taskRole, site.releaseRuntime.staticBucket);
  const securityGroup = processSecurityGroup(scope, 'ReleaseSecurityGroup', cluster.vpc, 'release');
  const { timeout } = props;
  const release = new ReleaseTask(scope, 'Release', { cluster, taskDefinition, securityGroup, timeout, profile });
  return { release, securityGroup };
}

/** Everything that has to be done before the command, and then the command: each becomes the next in one process. */
function releaseCommand(props: ReleaseProps, database: IDjangoDatabase): string[] {
  const { command = ['python', 'manage.py', 'migrate', '--noinput'], publishStaticFiles = true } = props;
  const prepared = database.ownerSecret ? afterRunUser(command) : command;
  return publishStaticFiles ? publishingCommand(prepared) : prepared;
}

/** Just enough to add static files: none is read, and none is deleted. */
function grantPublish(grantee: iam.IGrantable, bucket: s3.IBucket): void {
  iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['s3:PutObject'],
    resourceArns: [bucket.arnForObjects(`${STATIC_PREFIX}*`)],
  });
  bucket.encryptionKey?.grantEncryptDecrypt(grantee);
}
