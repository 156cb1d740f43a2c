import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReleaseProps } from '../release-props';
import { ReleaseTask } from '../release-task';
import type { SiteProfile } from '../site-profile';
import { processSecurityGroup } from './django-process';
import { type DjangoRuntime, djangoTask } from './django-task';
import { publishingCommand, STATIC_PREFIX } from './static-files';
import type { Web } from './web';

/** What the release takes from its site. */
interface ReleasingSite {
  readonly runtime: DjangoRuntime;
  readonly profile: SiteProfile;
  readonly cluster: ecs.ICluster;
}

/** Runs the release's command once, before the tasks that depend on it, in a task of the web tasks' size. */
export function siteRelease(
  scope: Construct,
  site: ReleasingSite,
  web: Web,
  props: ReleaseProps,
): { release: ReleaseTask; securityGroup: ec2.SecurityGroup } {
  const { cluster, profile } = site;
  const { command = ['python', 'manage.py', 'migrate', '--noinput'] } = props;
  const taskDefinition = djangoTask(scope, 'ReleaseTask', site.runtime, {
    process: { DJANGO_PROCESS: 'release' },
    cpu: web.cpu,
    memoryMiB: web.memoryMiB,
    command: props.withoutStaticFiles ? command : publishingCommand(command),
    stopTimeout: Duration.seconds(120),
  });
  if (!props.withoutStaticFiles) grantPublish(taskDefinition.taskRole, site.runtime.staticBucket);
  const securityGroup = processSecurityGroup(scope, 'ReleaseSecurityGroup', cluster.vpc, 'release');
  const { timeout } = props;
  const release = new ReleaseTask(scope, 'Release', { cluster, taskDefinition, securityGroup, timeout, profile });
  return { release, securityGroup };
}

/** Just enough to add static files: none is read, and none is deleted. */
function grantPublish(grantee: iam.IGrantable, bucket: s3.IBucket): void {
  iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['s3:PutObject'],
    resourceArns: [bucket.arnForObjects(`${STATIC_PREFIX}*`)],
  });
}
