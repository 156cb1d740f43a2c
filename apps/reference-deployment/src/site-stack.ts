import { CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import {
  type DjangoBeat,
  type DjangoCommand,
  DjangoFargateService,
  type DjangoFargateServiceProps,
  type DjangoWorker,
  type ScheduledCommand,
  SiteDomain,
} from 'django-fargate-construct';
import { DeployedImagePins, type HardenedRepository } from 'ecr-hardened-repo';
import { AlertRouting, EcsServiceObservability, EcsTaskObservability } from 'ecs-observability';
import { type Config, type DomainConfig, siteProfile } from './config';

/** Properties of `SiteStack`. */
export interface SiteStackProps {
  readonly config: Config;
  readonly repository: HardenedRepository;
  /**
   * Network and data that are in stacks of their own.
   *
   * @default - the site makes them
   */
  readonly given?: Pick<DjangoFargateServiceProps, 'vpc' | 'database' | 'cache'>;
}

/** What the site has beside its web tasks. */
interface Added {
  readonly worker: DjangoWorker;
  readonly beat: DjangoBeat;
  readonly clearSessions: ScheduledCommand;
  readonly createSuperuser: DjangoCommand;
}

/** One release of the site with everything it stands on. */
export class SiteStack extends Stack {
  constructor(scope: Construct, id: string, props: SiteStackProps) {
    const { config } = props;
    // protection of the load balancer alone would stop a deletion when the tasks are gone already
    const terminationProtection = config.profile === 'production';
    super(scope, id, { description: 'A Django site on Fargate', terminationProtection });

    const site = new DjangoFargateService(this, 'Site', {
      image: this.image(props.repository, config.image),
      domain: this.domain(config.domain),
      profile: siteProfile(config),
      ...props.given,
      web: { scaling: { minTasks: config.minTasks, maxTasks: config.maxTasks } },
      django: { release: { command: ['python', 'manage.py', 'migrate_locked'] } },
    });
    const worker = site.addWorker('Worker', {
      queues: ['default'],
      healthCheckCommand: ['python', '-m', 'ops.probe', 'worker'],
    });
    const beat = site.addBeat('Beat', { healthCheckCommand: ['python', '-m', 'ops.probe', 'beat'] });
    const clearSessions = site.addScheduledCommand('ClearSessions', {
      command: ['clearsessions'],
      schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }),
    });
    const createSuperuser = site.addCommand('CreateSuperuser', { command: ['createsuperuser', '--noinput'] });

    new DeployedImagePins(this, 'Pins', { repository: props.repository, services: site.services });
    const alerts = AlertRouting.topics(this.alertTopic(config.alarmEmail));
    new EcsServiceObservability(this, 'Observability', {
      service: site.webService,
      targetGroup: site.targetGroup,
      loadBalancer: site.loadBalancer,
      alerts,
    });
    for (const { node, taskDefinition } of [clearSessions, createSuperuser]) {
      new EcsTaskObservability(this, `${node.id}Observability`, { taskDefinition, cluster: site.cluster, alerts });
    }
    this.addOutputs(site, { worker, beat, clearSessions, createSuperuser });
  }

  /** A tag must be one that the registry keeps; an image that is deployed by its digest is kept by its pins. */
  private image(repository: HardenedRepository, tagOrDigest: string): ecs.ContainerImage {
    return tagOrDigest.startsWith('sha256:')
      ? repository.imageByDigest(tagOrDigest)
      : repository.releaseImage(tagOrDigest);
  }

  private domain(config: DomainConfig | undefined): SiteDomain {
    if (!config) return SiteDomain.loadBalancerNameOverHttp();
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: config.hostedZoneId,
      zoneName: config.hostedZoneName,
    });
    const { cloudFrontCertificateArn: arn } = config;
    return SiteDomain.hostedZone(zone, config.domainName, {
      cloudFront: arn ? { certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', arn) } : undefined,
    });
  }

  private alertTopic(email: string | undefined): sns.Topic {
    const topic = new sns.Topic(this, 'Alerts', { enforceSSL: true });
    if (email) topic.addSubscription(new subscriptions.EmailSubscription(email));
    return topic;
  }

  /** What scripts need to know to run one-off commands, and people to find their site. */
  private addOutputs(site: DjangoFargateService, added: Added): void {
    const outputs = {
      SiteUrl: site.url,
      // …:loadbalancer/app/<name>/<id>
      LoadBalancerName: Fn.select(2, Fn.split('/', site.loadBalancer.loadBalancerArn)),
      ClusterName: site.cluster.clusterName,
      WebServiceName: site.webService.serviceName,
      WorkerServiceName: added.worker.service.serviceName,
      BeatServiceName: added.beat.service.serviceName,
      ClearSessionsSchedule: added.clearSessions.schedule.scheduleName,
      CreateSuperuser: added.createSuperuser.runTaskCommand,
      CommandTaskDefinition: added.createSuperuser.taskDefinition.taskDefinitionArn,
      TaskSubnets: site.release.subnets.map(({ subnetId }) => subnetId).join(','),
      TaskPublicIp: site.release.assignPublicIp ? 'ENABLED' : 'DISABLED',
      TaskSecurityGroup: added.createSuperuser.securityGroup.securityGroupId,
      MediaBucketName: site.storage.mediaBucket.bucketName,
      ...(site.distribution && { DistributionDomainName: site.distribution.distributionDomainName }),
    };
    for (const [name, value] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value });
    }
  }
}
