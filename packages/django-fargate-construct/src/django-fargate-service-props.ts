import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DjangoSettings } from './contract/django-settings';
import type { IDjangoDatabase } from './data/django-database';
import type { SiteStorage } from './data/site-storage';
import type { IDjangoCache } from './data/valkey-cache';
import type { SiteDomain } from './edge/site-domain';
import type { OffHours } from './off-hours';
import type { WebProps } from './processes/web-props';
import type { SiteProfile } from './site-profile';

/** Properties of `DjangoFargateService`. */
export interface DjangoFargateServiceProps {
  /** Image of the Django project; its default command serves HTTP on port 8000. */
  readonly image: ecs.ContainerImage;

  /** Name that visitors use, and with it whether the site speaks HTTPS. */
  readonly domain: SiteDomain;

  /**
   * The purpose of the site; decides every default about size, cost or safety.
   *
   * @default SiteProfile.PRODUCTION
   */
  readonly profile?: SiteProfile;

  /**
   * Network with public subnets for the load balancer and private ones with a way out for tasks; `new SiteNetwork().vpc`
   * to choose that way out.
   *
   * @default - the VPC of `cluster`, or a new one
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Cluster that the tasks run in.
   *
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;

  /**
   * HTTPS listener that the site shares with others: it adds a rule for its own names and, unless the domain is
   * `SiteDomain.coveredByListener()`, a certificate.
   *
   * @default - the one of a new `SiteLoadBalancer`
   */
  readonly listener?: elbv2.IApplicationListener;

  /**
   * The web process.
   *
   * @default - see the defaults of `WebProps`
   */
  readonly web?: WebProps;

  /**
   * Database of the site.
   *
   * @default - a new `PostgresDatabase`
   */
  readonly database?: IDjangoDatabase;

  /**
   * Cache and Celery broker of the site.
   *
   * @default - a new `ValkeyCache`
   */
  readonly cache?: IDjangoCache;

  /**
   * Buckets of the site.
   *
   * @default - a new `SiteStorage`
   */
  readonly storage?: SiteStorage;

  /**
   * The Django project.
   *
   * @default - see the defaults of `DjangoSettings`
   */
  readonly django?: DjangoSettings;

  /**
   * Times at which the site is stopped to save money: all its tasks, and its database when that is an RDS instance or cluster that
   * can be stopped. Load balancer, cache, storage and secrets stay, and are paid for.
   *
   * @default - the site always runs
   */
  readonly offHours?: OffHours;
}
