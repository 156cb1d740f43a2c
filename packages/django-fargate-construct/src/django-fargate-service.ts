import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { requireOwnNames } from './contract/container-environment';
import { type ContractPlan, requireFollowsPassword } from './contract/contract-plans';
import { DjangoContract } from './contract/django-contract';
import type { DjangoRuntime } from './contract/django-runtime';
import type { DjangoSettings } from './contract/django-settings';
import { siteRuntimes } from './contract/site-runtimes';
import { ConnectionBudget } from './data/connection-budget';
import { DatabaseOffHours } from './data/database-off-hours';
import type { IDjangoDatabase } from './data/django-database';
import { instanceConnections } from './data/postgres';
import { PostgresDatabase } from './data/postgres-database';
import { requireCeleryBroker } from './data/require-celery-broker';
import { SiteStorage } from './data/site-storage';
import { type IDjangoCache, ValkeyCache } from './data/valkey-cache';
import type { DjangoFargateServiceProps } from './django-fargate-service-props';
import { requireOriginTimeout } from './edge/require-cloud-front';
import { requireDomain } from './edge/require-domain';
import { requireListener } from './edge/require-listener';
import { siteEdge } from './edge/site-edge';
import { SiteNetwork } from './network/site-network';
import { requireSiteVpc } from './network/subnets';
import type { OffHours } from './off-hours';
import { type BeatProps, DjangoBeat } from './processes/django-beat';
import { type CommandProps, DjangoCommand } from './processes/django-command';
import { scaleWeb } from './processes/django-service';
import { DjangoWorker } from './processes/django-worker';
import { execAudit, requireExecAudit } from './processes/exec-audit';
import { ScheduledCommand, type ScheduledCommandProps } from './processes/scheduled-command';
import { resolveWeb, type Web } from './processes/web';
import { webService, webTargetGroup } from './processes/web-service';
import type { WorkerProps } from './processes/worker-props';
import type { ReleaseProps } from './release/release-props';
import { type ReleaseTask, requireReleaseTimeout } from './release/release-task';
import { siteRelease } from './release/site-release';
import { fail } from './shared/validate';
import { SiteProfile } from './site-profile';

/** A Django site: load balancer, web tasks, database, cache and media files, with a migration before every release. */
export class DjangoFargateService extends Construct implements ec2.IConnectable {
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
  /** The way in from the internet. */
  public readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  /** Listener that takes the visitors' requests. */
  public readonly listener: elbv2.IApplicationListener;
  /** Rule that sends requests for the site's names to its tasks; undefined over plain HTTP, where all are sent. */
  public readonly listenerRule?: elbv2.ApplicationListenerRule;
  /** CloudFront in front of the load balancer; undefined unless the domain says so. */
  public readonly distribution?: cloudfront.Distribution;
  /** What only that distribution tells the load balancer; undefined without it. */
  public readonly originSecret?: secretsmanager.ISecret;
  /** Where the listener sends requests: the web tasks. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** What runs once per release before new tasks start. */
  public readonly release: ReleaseTask;
  /** Service that runs the web tasks. */
  public readonly webService: ecs.FargateService;
  /** Address of the site, without a slash at its end. */
  public readonly url: string;
  /** Network rules of the web tasks. */
  public readonly connections: ec2.Connections;

  private readonly profile: SiteProfile;
  private readonly django: DjangoSettings;
  private readonly contract: ContractPlan;
  private readonly offHours?: OffHours;
  private readonly runtime: DjangoRuntime;
  private readonly connectionBudget: ConnectionBudget;
  private readonly added: ecs.FargateService[] = [];
  private beat?: DjangoBeat;

  constructor(scope: Construct, id: string, props: DjangoFargateServiceProps) {
    super(scope, id);

    this.profile = props.profile ?? SiteProfile.PRODUCTION;
    this.django = props.django ?? {};
    this.contract = (this.django.contract ?? DjangoContract.standard())._plan;
    this.offHours = props.offHours;
    const { profile } = this;
    const web = resolveWeb(this, props.web ?? {}, profile);
    props.offHours?._require(this, profile);
    if (props.offHours) props.database?.stoppable?._require(this);
    requireDomain(this, props.domain, profile, props.listener !== undefined);
    requireListener(this, props.listener);
    requireOriginTimeout(this, props.domain, web.timing.requestTimeout);
    requireReleaseTimeout(this, 'release.timeout', props.release?.timeout);
    this.contract.require?.(this);
    requireFollowsPassword(this, this.contract, props.database);
    const { environment = {}, secrets = {} } = this.django;
    requireOwnNames(this, this.contract.names, Object.keys(environment), Object.keys(secrets));
    if (props.vpc && props.cluster) {
      fail(this, "'vpc' must be left out when 'cluster' is given: the tasks run in the cluster's VPC");
    }
    if (props.cluster && web.execWithWritableRoot) requireExecAudit(this, props.cluster);

    const given = props.cluster?.vpc ?? props.vpc;
    if (given) requireSiteVpc(this, given);
    this.connectionBudget = this.planConnections(props.database, web);

    this.vpc = given ?? new SiteNetwork(this, 'Network', { profile }).vpc;
    this.cluster = props.cluster ?? this.createCluster(web);
    this.logGroup = this.createLogGroup();
    this.database = props.database ?? new PostgresDatabase(this, 'Database', { vpc: this.vpc, profile });
    this.cache = props.cache ?? new ValkeyCache(this, 'Cache', { vpc: this.vpc, profile });
    this.storage = new SiteStorage(this, 'Storage', { profile });
    this.secretKey = this.django.secretKey ?? this.createSecretKey();

    const { vpc, storage } = this;
    const { edge, cloudFront, forwardTo } = siteEdge(this, props, { vpc, profile, storage, timing: web.timing });
    this.distribution = cloudFront?.distribution;
    this.originSecret = cloudFront?.originSecret;
    this.loadBalancer = edge.loadBalancer;
    this.listener = edge.listener;
    this.url = edge.url;

    const runtimes = siteRuntimes(this, {
      image: props.image,
      architecture: web.architecture,
      logGroup: this.logGroup,
      contract: this.contract,
      django: this.django,
      secretKey: this.secretKey,
      hostNames: edge.hostNames,
      url: this.url,
      database: this.database,
      cache: this.cache,
      storage: this.storage,
      mediaSigning: props.domain._cloudFront?.media?._signing,
    });
    this.runtime = runtimes.runtime;
    this.release = this.createRelease(props.release ?? {}, web, runtimes.releaseRuntime);
    this.webService = webService(this, this.shared(), web);
    this.webService.node.addDependency(this.release.run);
    this.allowData(this.webService.connections);
    this.targetGroup = webTargetGroup(this, this.vpc, this.webService, web);
    this.listenerRule = forwardTo(this.targetGroup);
    scaleWeb(this.webService, web.scaling, props.offHours, this.targetGroup);
    this.connections = this.webService.connections;
    this.stopDatabase();
  }

  /**
   * Adds a Celery worker: the same image, environment and rights with another command.
   *
   * @param id construct id of the worker
   * @param props what differs from the defaults
   */
  public addWorker(id: string, props: WorkerProps = {}): DjangoWorker {
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
  public addBeat(id: string, props: BeatProps = {}): DjangoBeat {
    if (this.beat) {
      fail(this, `'addBeat' must be called once, got '${id}' after '${this.beat.node.id}': two send every task twice`);
    }
    requireCeleryBroker(this, this.cache);
    this.connectionBudget.addTask('beat');
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
    this.connectionBudget.addTask(`scheduled ${id}`);
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
  public addCommand(id: string, props: CommandProps): DjangoCommand {
    const command = DjangoCommand._create(this, id, this.shared(), props);
    this.allowData(command.connections);
    command.taskDefinition.node.addDependency(this.release.run);
    return command;
  }

  /** All services made so far: web, workers and beat, in the order in which they were added. */
  public services(): ecs.IBaseService[] {
    return [this.webService, ...this.added];
  }

  /** What the processes that are added take from the site. */
  private shared() {
    const { runtime, profile, cluster, connectionBudget, offHours } = this;
    return { runtime, profile, cluster, connectionBudget, offHours, celeryApp: this.django.celeryApp ?? 'config' };
  }

  private planConnections(database: IDjangoDatabase | undefined, web: Web): ConnectionBudget {
    const { connectionsChecked, databaseInstanceType } = this.profile._defaults;
    const limit = database ? database.maxConnections : instanceConnections(databaseInstanceType);
    const budget = new ConnectionBudget(this, connectionsChecked ? limit : undefined);
    budget.addTask('release');
    budget.addService('web', web.scaling.maxTasks, web.workers, web.threads);
    return budget;
  }

  private createCluster(web: Web): ecs.Cluster {
    return new ecs.Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: this.profile._defaults.containerInsights
        ? ecs.ContainerInsights.ENABLED
        : ecs.ContainerInsights.DISABLED,
      executeCommandConfiguration: web.execWithWritableRoot ? execAudit(this, this.profile) : undefined,
    });
  }

  private createLogGroup(): logs.LogGroup {
    const { logRetentionDays, removalPolicy } = this.profile._defaults;
    return new logs.LogGroup(this, 'Logs', { retention: logRetentionDays, removalPolicy });
  }

  private createSecretKey(): secretsmanager.Secret {
    return new secretsmanager.Secret(this, 'SecretKey', {
      description: "Django's SECRET_KEY",
      generateSecretString: { passwordLength: 64 },
      removalPolicy: this.profile._defaults.removalPolicy,
    });
  }

  private createRelease(props: ReleaseProps, web: Web, releaseRuntime: DjangoRuntime): ReleaseTask {
    const { cluster, profile, database } = this;
    const { release, securityGroup } = siteRelease(this, { cluster, profile, database, releaseRuntime }, web, props);
    this.allowData(securityGroup.connections);
    // the command needs the rules that let it reach the data
    release.run.node.addDependency(
      securityGroup,
      ...this.database.connections.securityGroups,
      ...this.cache.connections.securityGroups,
    );
    return release;
  }

  private stopDatabase(): void {
    const { offHours, profile } = this;
    const database = this.database.stoppable;
    if (offHours && database) new DatabaseOffHours(this, 'DatabaseOffHours', { database, offHours, profile });
  }

  /** Lets a process reach the database and the cache; nothing else does. */
  private allowData(process: ec2.Connections): void {
    this.database.connections.allowDefaultPortFrom(process);
    this.cache.connections.allowDefaultPortFrom(process);
  }
}
