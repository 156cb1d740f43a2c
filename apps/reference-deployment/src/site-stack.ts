import { CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { DjangoFargateService, type DjangoWorker, SiteDomain, SiteProfile } from 'django-fargate-construct';
import { DeployedImagePins, type HardenedRepository } from 'ecr-hardened-repo';
import { AlertRouting, EcsServiceObservability } from 'ecs-observability';
import type { Config, DomainConfig } from './config';

/** Properties of `SiteStack`. */
export interface SiteStackProps {
  readonly config: Config;
  readonly repository: HardenedRepository;
}

/** One release of the site with everything it stands on. */
export class SiteStack extends Stack {
  constructor(scope: Construct, id: string, props: SiteStackProps) {
    super(scope, id, { description: 'A Django site on Fargate' });

    const { config } = props;
    const site = new DjangoFargateService(this, 'Site', {
      image: this.image(props.repository, config.image),
      domain: this.domain(config.domain),
      profile: config.profile === 'production' ? SiteProfile.PRODUCTION : SiteProfile.DEVELOPMENT,
      web: { scaling: { minTasks: config.minTasks, maxTasks: config.maxTasks } },
      release: { command: ['python', 'manage.py', 'migrate_locked'] },
    });
    const worker = site.addWorker('Worker', {
      queues: ['default'],
      healthCheckCommand: ['python', '-m', 'ops.probe', 'worker'],
    });

    new DeployedImagePins(this, 'Pins', { repository: props.repository, services: [site.webService, worker.service] });
    new EcsServiceObservability(this, 'Observability', {
      service: site.webService,
      targetGroup: site.targetGroup,
      loadBalancer: site.loadBalancer,
      alerts: AlertRouting.topics(this.alertTopic(config.alarmEmail)),
    });
    this.addOutputs(site, worker);
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
    return SiteDomain.hostedZone(zone, config.domainName);
  }

  private alertTopic(email: string | undefined): sns.Topic {
    const topic = new sns.Topic(this, 'Alerts', { enforceSSL: true });
    // a topic with a policy of its own lets nobody publish whom the policy does not name
    topic.grantPublish(
      new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    if (email) topic.addSubscription(new subscriptions.EmailSubscription(email));
    return topic;
  }

  /** What scripts need to know to run one-off commands, and people to find their site. */
  private addOutputs(site: DjangoFargateService, worker: DjangoWorker): void {
    const outputs = {
      SiteUrl: site.url,
      // …:loadbalancer/app/<name>/<id>
      LoadBalancerName: Fn.select(2, Fn.split('/', site.loadBalancer.loadBalancerArn)),
      ClusterName: site.cluster.clusterName,
      WebServiceName: site.webService.serviceName,
      WorkerServiceName: worker.service.serviceName,
      ReleaseTaskDefinition: site.release.taskDefinition.taskDefinitionArn,
      TaskSubnets: site.release.subnets.map(({ subnetId }) => subnetId).join(','),
      TaskPublicIp: site.release.assignPublicIp ? 'ENABLED' : 'DISABLED',
      TaskSecurityGroup: site.release.securityGroup.securityGroupId,
      MediaBucketName: site.storage.mediaBucket.bucketName,
    };
    for (const [name, value] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value });
    }
  }
}
