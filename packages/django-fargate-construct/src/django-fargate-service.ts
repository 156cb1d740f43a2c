import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { DjangoRuntime } from './contract/django-runtime';
import { type SiteRuntimes, siteRuntimes } from './contract/site-runtimes';
import { DatabaseOffHours } from './data/database-off-hours';
import type { IDjangoDatabase } from './data/django-database';
import { letInto } from './data/let-in';
import { PostgresDatabase } from './data/postgres-database';
import { requireCeleryBroker } from './data/require-celery-broker';
import { SiteStorage } from './data/site-storage';
import { type IDjangoCache, ValkeyCache } from './data/valkey-cache';
import type { DjangoFargateServiceProps } from './django-fargate-service-props';
import { siteEdge } from './edge/site-edge';
import { SiteNetwork } from './network/site-network';
import { DjangoBeat, type DjangoBeatProps } from './processes/django-beat';
import { DjangoCommand, type DjangoCommandProps } from './processes/django-command';
import { scaleWeb } from './processes/django-service';
import { CONTAINER_NAME, siteLogs } from './processes/django-task';
import { DjangoWorker } from './processes/django-worker';
import type { DjangoWorkerProps } from './processes/django-worker-props';
import { execAudit } from './processes/exec-audit';
import { QueueReport } from './processes/queue-report';
import { ScheduledCommand, type ScheduledCommandProps } from './processes/scheduled-command';
import { webService, webTargetGroup } from './processes/web-service';
import type { ReleaseTask } from './release/release-task';
import { siteRelease } from './release/site-release';
import { EveryTask } from './shared/every-task';
import { EXCLUDED_CHARACTERS } from './shared/generated-password';
import { keptOnceMade } from './shared/kept-once-made';
import { SitePrincipal } from './shared/site-principal';
import { fail } from './shared/validate';
import { waitFor } from './shared/wait-for';
import { planSite, type SitePlan } from './site-plan';

/** A Django site: load balancer, web tasks, database, cache and media files, with a migration before every release. */
export class DjangoFargateService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** Network of the site. */
  public readonly vpc: ec2.IVpc;
  /** Cluster that the tasks run in. */
  public readonly cluster: ecs.ICluster;
  /** Database of the site. */
  public readonly database: IDjangoDatabase;
  /** Cache and Celery broker of the site. */
  public readonly cache: IDjangoCache;
  /** Files that the site's users upload. */
  public readonly storage: SiteStorage;
  /** Secret that holds Django's `SECRET_KEY`. */
  public readonly secretKey: secretsmanager.ISecret;
  /** Logs of all processes; the streams start with `web/`, `worker/`, `beat/`, `release/` or `command/`. */
  public readonly logGroup: logs.LogGroup;
  /** Load balancer that takes the requests from the internet. */
  public readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  /** Listener that takes the visitors' requests. */
  public readonly listener: elbv2.IApplicationListener;
  /** Rule that sends requests for the site's names to its tasks; undefined over plain HTTP, where all are sent. */
  public readonly listenerRule?: elbv2.ApplicationListenerRule;
  /** CloudFront in front of the load balancer; undefined unless the domain says so. */
  public readonly distribution?: cloudfront.Distribution;
  /** Secret that only that distribution sends to the load balancer; undefined without it. */
  public readonly originSecret?: secretsmanager.ISecret;
  /** The web tasks, as the listener sends requests to them. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The task that runs once per release before new tasks start. */
  public readonly release: ReleaseTask;
  /** Service that runs the web tasks. */
  public readonly webService: ecs.FargateService;
  /** Address of the site, without a slash at its end. */
  public readonly url: string;
  /** Network rules of the web tasks. */
  public readonly connections: ec2.Connections;
  /**
   * Every process of the site, those that are added later too: `bucket.grantRead(site)` reaches the task roles of web, workers,
   * beat, commands and release.
   */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly plan: SitePlan;
  private readonly everyTask = new EveryTask();
  private readonly runtime: DjangoRuntime;
  private readonly added: ecs.FargateService[] = [];
  private readonly sidecars: string[] = [];
  private readonly queueReport: QueueReport;
  private beat?: DjangoBeat;

  constructor(scope: Construct, id: string, props: DjangoFargateServiceProps) {
    super(scope, id);

    const plan = planSite(this, props);
    const { profile, web, domain } = plan;
    this.plan = plan;
    this.vpc = plan.vpc ?? new SiteNetwork(this, 'Network', { profile }).vpc;
    this.cluster = props.cluster ?? this.createCluster();
    this.logGroup = this.createLogGroup();
    this.database = props.database ?? new PostgresDatabase(this, 'Database', { vpc: this.vpc, profile });
    this.cache = props.cache ?? new ValkeyCache(this, 'Cache', { vpc: this.vpc, profile });
    this.storage = props.storage ?? new SiteStorage(this, 'Storage', { profile });
    this.secretKey = plan.django.secretKey ?? this.createSecretKey();

    const principal = SitePrincipal.of(this);
    this.grantPrincipal = principal;
    const { vpc, storage } = this;
    const { edge, cloudFront, forwardTo } = siteEdge(this, props, {
      domain,
      vpc,
      profile,
      storage,
      timing: web.timing,
    });
    this.distribution = cloudFront?.distribution;
    this.originSecret = cloudFront?.originSecret;
    this.loadBalancer = edge.loadBalancer;
    this.listener = edge.listener;
    this.url = edge.url;

    const { runtime, releaseRuntime } = this.createRuntimes(props.image, edge.hostNames, principal);
    this.runtime = runtime;
    this.release = this.createRelease(releaseRuntime);
    this.webService = webService(this, this.shared(), web);
    this.queueReport = new QueueReport(this.webService.taskDefinition, web.logging !== undefined);
    this.webService.node.addDependency(this.release.run);
    this.allowData(this.webService.connections);
    this.targetGroup = webTargetGroup(this, vpc, this.webService, web);
    this.listenerRule = forwardTo(this.targetGroup);
    scaleWeb(this.webService, web.scaling, plan.offHours, this.targetGroup);
    this.connections = this.webService.connections;
    this.stopDatabase();
  }

  /** All services made so far: web, workers and beat, in the order in which they were added. */
  public get services(): ecs.IBaseService[] {
    return [this.webService, ...this.added];
  }

  /**
   * Adds a Celery worker: the same image, environment and rights with another command.
   *
   * @param id construct id of the worker
   * @param props what differs from the defaults
   */
  public addWorker(id: string, props: DjangoWorkerProps = {}): DjangoWorker {
    requireCeleryBroker(this, this.cache);
    const worker = DjangoWorker._create(this, id, this.shared(), props);
    this.allowData(worker.connections);
    worker.service.node.addDependency(this.release.run);
    this.added.push(worker.service);
    return worker;
  }

  /**
   * Adds Celery beat: one task that sends periodic tasks to the workers. A site has one beat; a second fails.
   *
   * @param id construct id of beat
   * @param props what differs from the defaults
   */
  public addBeat(id: string, props: DjangoBeatProps = {}): DjangoBeat {
    if (this.beat) {
      fail(this, `'addBeat' must be called once, got '${id}' after '${this.beat.node.id}': two send every task twice`);
    }
    requireCeleryBroker(this, this.cache);
    this.plan.connectionBudget.addTask('beat');
    this.beat = DjangoBeat._create(this, id, this.shared(), props);
    this.allowData(this.beat.connections);
    this.beat.service.node.addDependency(this.release.run);
    this.added.push(this.beat.service);
    return this.beat;
  }

  /**
   * Adds a management command that runs at certain times, by default never twice at a time.
   *
   * @param id construct id of the command
   * @param props what runs, and when
   */
  public addScheduledCommand(id: string, props: ScheduledCommandProps): ScheduledCommand {
    this.plan.connectionBudget.addTask(`scheduled ${id}`);
    const command = ScheduledCommand._create(this, id, this.shared(), props);
    this.allowData(command.connections);
    command.schedule.node.addDependency(this.release.run);
    return command;
  }

  /**
   * Adds a management command that people or scripts run when they want to.
   *
   * @param id construct id of the command
   * @param props what runs
   */
  public addCommand(id: string, props: DjangoCommandProps): DjangoCommand {
    const command = DjangoCommand._create(this, id, this.shared(), props);
    this.allowData(command.connections);
    command.taskDefinition.node.addDependency(this.release.run);
    return command;
  }

  /**
   * Adds a container beside Django in the task of every process, those that are added later too: an agent, a proxy. It ends with
   * its task, and has its part of the task's CPU and memory.
   *
   * @param name name of the container
   * @param options the container; unless they say otherwise, its end does not end the task, and its logs go to the site's log group
   */
  public addSidecar(name: string, options: ecs.ContainerDefinitionOptions): void {
    if (name === CONTAINER_NAME) fail(this, `'name' must differ from that of the Django container, got '${name}'`);
    if (this.sidecars.includes(name)) fail(this, `'name' must be new, got '${name}' for a second sidecar`);
    this.sidecars.push(name);
    const { logGroup } = this;
    this.everyTask.forEach((task) => {
      task.addContainer(name, { essential: false, logging: siteLogs(logGroup, name), ...options });
    });
  }

  /** Parts of the site that every process needs. */
  private shared() {
    const { runtime, cluster, queueReport } = this;
    const { profile, connectionBudget, offHours, celeryApp } = this.plan;
    return { runtime, profile, cluster, connectionBudget, offHours, celeryApp, queueReport };
  }

  private createCluster(): ecs.Cluster {
    const { profile, web } = this.plan;
    return new ecs.Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: profile._defaults.containerInsights
        ? ecs.ContainerInsights.ENABLED
        : ecs.ContainerInsights.DISABLED,
      executeCommandConfiguration: web.execWithWritableRoot ? execAudit(this, profile) : undefined,
    });
  }

  private createLogGroup(): logs.LogGroup {
    const { logRetentionDays, removalPolicy } = this.plan.profile._defaults;
    return new logs.LogGroup(this, 'Logs', { retention: logRetentionDays, removalPolicy });
  }

  private createSecretKey(): secretsmanager.Secret {
    const secretKey = new secretsmanager.Secret(this, 'SecretKey', {
      description: "Django's SECRET_KEY",
      generateSecretString: { passwordLength: 64, excludeCharacters: EXCLUDED_CHARACTERS },
      removalPolicy: this.plan.profile._defaults.removalPolicy,
    });
    keptOnceMade(secretKey);
    return secretKey;
  }

  private createRuntimes(image: ecs.ContainerImage, hostNames: string[], principal: SitePrincipal): SiteRuntimes {
    const { logGroup, secretKey, url, database, cache, storage } = this;
    const { web, contract, django, domain } = this.plan;
    const { architecture } = web;
    const site = {
      image,
      architecture,
      logGroup,
      contract,
      django,
      secretKey,
      hostNames,
      url,
      database,
      cache,
      storage,
      principal,
      everyTask: this.everyTask,
    };
    return siteRuntimes(this, { ...site, mediaSigning: domain.cloudFront?.media?._signing });
  }

  private createRelease(releaseRuntime: DjangoRuntime): ReleaseTask {
    const { cluster, database, plan } = this;
    const { profile, web } = plan;
    const site = { cluster, profile, database, releaseRuntime };
    const { release, securityGroup } = siteRelease(this, site, web, plan.release);
    this.allowData(securityGroup.connections);
    // the command needs the rules that let it reach the data: they belong to the groups of one side or of the other
    const { connections } = this.database;
    waitFor(release.run, securityGroup, ...connections.securityGroups, ...this.cache.connections.securityGroups);
    return release;
  }

  private stopDatabase(): void {
    const { offHours, profile } = this.plan;
    const database = this.database.stoppable;
    if (offHours && database) new DatabaseOffHours(this, 'DatabaseOffHours', { database, offHours, profile });
  }

  /** Lets a process reach the database and the cache; nothing else does. */
  private allowData(process: ec2.Connections): void {
    letInto(this, 'database', this.database, process);
    letInto(this, 'cache', this.cache, process);
  }
}
