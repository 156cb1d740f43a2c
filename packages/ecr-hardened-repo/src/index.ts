export { GitHubPushRole, type GitHubPushRoleProps } from './access/github-push-role';
export { type GitHubRepository, GitHubSubject } from './access/github-subject';
export { GitLabPushRole, type GitLabPushRoleProps } from './access/gitlab-push-role';
export { GitLabSubject } from './access/gitlab-subject';
export type { PushRoleOptions } from './access/push-role-options';
export { DeployGate, type DeployGateProps } from './deployments/deploy-gate';
export { DeployedImagePins, type DeployedImagePinsProps } from './deployments/deployed-image-pins';
export { type AcceptedFinding, FindingPolicy, type FindingPolicyOptions } from './deployments/finding-policy';
export {
  CreationScenario,
  HardenedCreationTemplate,
  type HardenedCreationTemplateProps,
} from './registry/hardened-creation-template';
export { PullThroughCache, type PullThroughCacheProps } from './registry/pull-through-cache';
export { RegistryPolicy, type ReplicationSource } from './registry/registry-policy';
export {
  RegistryReplication,
  type RegistryReplicationProps,
  ReplicationDestination,
  type ReplicationRule,
} from './registry/registry-replication';
export {
  type BasicScanningOptions,
  type EnhancedScanningOptions,
  RegistryScanning,
  type RegistryScanningProps,
  RegistryScanType,
} from './registry/registry-scanning';
export { RegistrySigning, type RegistrySigningProps, type SigningRule } from './registry/registry-signing';
export { type EcrUpstreamOptions, UpstreamRegistry } from './registry/upstream-registry';
export { HardenedRepository } from './repository/hardened-repository';
export type { HardenedRepositoryProps } from './repository/hardened-repository-props';
export { ImageEncryption } from './repository/image-encryption';
export type { PushCommandsOptions } from './repository/push-commands';
export {
  RepositoryDefaultsInjector,
  type RepositoryDefaultsInjectorProps,
} from './repository/repository-defaults-injector';
export type { OnImagePushedOptions, OnScanFindingsOptions } from './repository/repository-events';
export { RepositoryHardeningMixin, type RepositoryHardeningMixinProps } from './repository/repository-hardening-mixin';
export { type ImageDetail, RetentionAction, type RetentionOutcome } from './retention/image-detail';
export type { RetentionOptions } from './retention/retention-options';
export { ImageSelection, RetentionRule } from './retention/retention-rule';
export { FindingSeverity } from './shared/finding-severity';
