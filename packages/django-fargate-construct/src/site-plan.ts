import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireOwn } from './contract/container-environment';
import { type ContractPlan, requireFollowsPassword } from './contract/contract-plans';
import { DjangoContract } from './contract/django-contract';
import type { DjangoSettings } from './contract/django-settings';
import type { ReleaseProps } from './contract/release-props';
import { ConnectionBudget } from './data/connection-budget';
import type { IDjangoDatabase } from './data/django-database';
import { instanceConnections } from './data/postgres';
import type { DjangoFargateServiceProps } from './django-fargate-service-props';
import type { DomainPlan } from './edge/domain-plan';
import { requireListener, requireOriginTimeout } from './edge/require-domain';
import { dataSubnets, edgeSubnets, requireSiteVpc } from './network/subnets';
import type { OffHours } from './off-hours';
import { requireExecAudit } from './processes/exec-audit';
import { planWeb, type WebPlan } from './processes/web-plan';
import { requireReleaseTimeout } from './release/release-task';
import { requireWords } from './shared/command-words';
import { requireKinds } from './shared/kinds';
import { fail } from './shared/validate';
import { SITE_KINDS } from './site-kinds';
import { SiteProfile } from './site-profile';

/** A site as it will be made: every default applied, every check passed. */
export interface SitePlan {
  readonly profile: SiteProfile;
  readonly domain: DomainPlan;
  readonly web: WebPlan;
  readonly release: ReleaseProps;
  readonly contract: ContractPlan;
  readonly django: DjangoSettings;
  readonly celeryApp: string;
  readonly offHours?: OffHours;
  /** Network that is given, by itself or as that of a cluster; without one, the site makes its own. */
  readonly vpc?: ec2.IVpc;
  /** Database connections of the processes planned so far: those that are added later are counted, too. */
  readonly connectionBudget: ConnectionBudget;
}

/**
 * Plans a site before anything of it is made. Makes nothing itself: `site` is only named in errors.
 */
export function planSite(site: Construct, props: DjangoFargateServiceProps): SitePlan {
  requireKinds(site, '', props, SITE_KINDS);
  const { profile = SiteProfile.PRODUCTION, django = {}, offHours } = props;
  const { release = {} } = django;
  const web = planWeb(site, props.web ?? {}, profile);
  requireOffHours(site, props, profile);
  const domain = props.domain._bind(site, profile, props.listener !== undefined);
  requireListener(site, props.listener);
  requireOriginTimeout(site, domain, web.timing.requestTimeout);
  requireReleaseTimeout(site, 'django.release.timeout', release.timeout);
  if (release.command !== undefined) requireWords(site, 'django.release.command', release.command);
  requireEntryPoint(site, django, web);
  const contract = planContract(site, django, props.database);
  const vpc = givenVpc(site, props, web);
  if (vpc) requirePlaces(site, props, domain, vpc);
  const connectionBudget = planConnections(site, props.database, profile, web);
  const { celeryApp = 'config' } = django;
  return { profile, domain, web, release, contract, django, celeryApp, offHours, vpc, connectionBudget };
}

function requireOffHours(site: Construct, props: DjangoFargateServiceProps, profile: SiteProfile): void {
  const { offHours, database } = props;
  if (!offHours) return;
  offHours._require(site, profile);
  database?.stoppable?._require(site);
}

function requireEntryPoint(site: Construct, { entryPoint }: DjangoSettings, { command }: WebPlan): void {
  if (entryPoint === undefined) return;
  requireWords(site, 'django.entryPoint', entryPoint);
  if (command) return;
  fail(
    site,
    "'web.gunicorn.wsgiApplication' must be set with 'django.entryPoint': a container that gets an entry point does not use its image's default command",
  );
}

function planContract(site: Construct, django: DjangoSettings, database: IDjangoDatabase | undefined): ContractPlan {
  const contract = (django.contract ?? DjangoContract.standard())._plan;
  requireModule(site, 'django.settingsModule', django.settingsModule);
  requireModule(site, 'django.celeryApp', django.celeryApp);
  contract.require?.(site);
  requireFollowsPassword(site, contract, database);
  requireOwn(site, contract.names, django, 'django.');
  return contract;
}

function requireModule(site: Construct, prop: string, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name) || /^[A-Za-z_][\w.]*(:\w+)?$/.test(name)) return;
  fail(site, `'${prop}' must be the name of a module such as config.settings, got '${name}'`);
}

function givenVpc(
  site: Construct,
  props: DjangoFargateServiceProps,
  { execWithWritableRoot }: WebPlan,
): ec2.IVpc | undefined {
  const { vpc, cluster } = props;
  if (vpc && cluster) {
    fail(site, "'vpc' must be left out when 'cluster' is given: the tasks run in the cluster's VPC");
  }
  if (cluster && execWithWritableRoot) requireExecAudit(site, cluster);
  return cluster ? vpcOf(site, cluster) : vpc;
}

/** Fails synthesis for a VPC in which a part that is made has no place. */
function requirePlaces(
  site: Construct,
  { database, cache, listener }: DjangoFargateServiceProps,
  { internetFacing = true }: DomainPlan,
  vpc: ec2.IVpc,
): void {
  requireSiteVpc(site, vpc);
  if (!(database && cache)) dataSubnets(site, vpc);
  if (!listener) edgeSubnets(site, vpc, internetFacing);
}

/** One that is imported by its ARN, or without types, does not know it. */
function vpcOf(site: Construct, cluster: ICluster): ec2.IVpc {
  let vpc: ec2.IVpc | undefined;
  try {
    vpc = cluster.vpc;
  } catch {
    // CDK throws for one that is imported by its ARN
  }
  return (
    vpc ?? fail(site, "'cluster' must know its VPC, got one without: import it by ecs.Cluster.fromClusterAttributes()")
  );
}

function planConnections(
  site: Construct,
  database: IDjangoDatabase | undefined,
  profile: SiteProfile,
  web: WebPlan,
): ConnectionBudget {
  const { connectionsChecked, databaseInstanceType } = profile._defaults;
  const limit = database ? database.maxConnections : instanceConnections(databaseInstanceType);
  const budget = new ConnectionBudget(site, connectionsChecked ? limit : undefined);
  budget.addTask('release');
  budget.addService('web', web.scaling.maxTasks, web.workers, web.threads);
  return budget;
}
