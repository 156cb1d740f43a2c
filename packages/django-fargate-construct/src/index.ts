export type { DjangoContractOptions, UrlContractOptions } from './contract/contract-options';
export { DjangoContract } from './contract/django-contract';
export type { DjangoSettings } from './contract/django-settings';
export type { ProcessContainerOptions } from './contract/process-container';
export type { ReleaseProps } from './contract/release-props';
export { AuroraPostgresDatabase } from './data/aurora-postgres-database';
export type { AuroraPostgresDatabaseProps, AuroraPostgresEngineOptions } from './data/aurora-postgres-database-props';
export { type BackupCopy, DatabaseBackupPlan, type DatabaseBackupPlanProps } from './data/database-backup-plan';
export { DatabaseOffHours, type DatabaseOffHoursProps } from './data/database-off-hours';
export type {
  BackupReplication,
  DatabaseBackupOptions,
  DatabaseProps,
  DatabaseUserOptions,
} from './data/database-props';
export type { IDjangoDatabase, ImportedDatabaseOptions, PostgresDatabaseAttributes } from './data/django-database';
export { PasswordRotation, type PasswordRotationOptions } from './data/password-rotation';
export { PostgresDatabase } from './data/postgres-database';
export type {
  PostgresDatabaseProps,
  PostgresEngineOptions,
  PostgresStorageOptions,
} from './data/postgres-database-props';
export type { RdsProxyOptions } from './data/rds-proxy-options';
export { SiteStorage, type SiteStorageProps } from './data/site-storage';
export { StoppableDatabase } from './data/stoppable-database';
export { type IDjangoCache, ValkeyCache, type ValkeyCacheAttributes, type ValkeyCacheProps } from './data/valkey-cache';
export { DjangoFargateService } from './django-fargate-service';
export type { DjangoFargateServiceProps } from './django-fargate-service-props';
export type { CloudFrontOptions, SiteDistributionOptions } from './edge/cloud-front-options';
export { MediaAccess, type SignedMediaOptions } from './edge/media-access';
export { SiteDistribution, type SiteDistributionProps } from './edge/site-distribution';
export {
  type HostedZoneDomainOptions,
  SiteDomain,
  type SiteDomainOptions,
  type SiteEntryOptions,
} from './edge/site-domain';
export { SiteFirewall, type SiteFirewallProps } from './edge/site-firewall';
export { SiteLoadBalancer, type SiteLoadBalancerProps } from './edge/site-load-balancer';
export { Egress, type EndpointsOnlyOptions, type NatInstanceOptions } from './network/egress';
export { FlowLogs } from './network/flow-logs';
export { SiteNetwork, type SiteNetworkProps } from './network/site-network';
export type { SiteSubnets } from './network/site-subnets';
export { OffHours, type WeekdayHours } from './off-hours';
export { DeploymentAfterRotation, type DeploymentAfterRotationProps } from './processes/deployment-after-rotation';
export { DjangoBeat, type DjangoBeatProps } from './processes/django-beat';
export { DjangoCommand, type DjangoCommandProps } from './processes/django-command';
export { DjangoWorker } from './processes/django-worker';
export type { DjangoWorkerProps } from './processes/django-worker-props';
export type { ScalingProps, WebScalingProps, WorkerScalingProps } from './processes/scaling';
export { ScheduledCommand, type ScheduledCommandProps } from './processes/scheduled-command';
export { type SpotCapacityOptions, TaskCapacity } from './processes/task-capacity';
export type { GunicornOptions, WebProps } from './processes/web-props';
export { ReleaseTask, type ReleaseTaskProps } from './release/release-task';
export { SiteProfile } from './site-profile';
