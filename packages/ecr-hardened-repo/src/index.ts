export { DeployGate, type DeployGateProps } from './deploy-gate';
export { DeployedImagePins, type DeployedImagePinsProps } from './deployed-image-pins';
export { type AcceptedFinding, FindingPolicy, type FindingPolicyOptions } from './finding-policy';
export { FindingSeverity } from './finding-severity';
export { GitHubPushRole, type GitHubPushRoleProps } from './github-push-role';
export { type GitHubRepository, GitHubSubject } from './github-subject';
export { GitLabPushRole, type GitLabPushRoleProps } from './gitlab-push-role';
export { GitLabSubject } from './gitlab-subject';
export { HardenRepository, type HardenRepositoryProps } from './harden-repository';
export {
  CreationScenario,
  HardenedCreationTemplate,
  type HardenedCreationTemplateProps,
} from './hardened-creation-template';
export { HardenedRepository } from './hardened-repository';
export { HardenedRepositoryDefaults, type HardenedRepositoryDefaultsProps } from './hardened-repository-defaults';
export type { HardenedRepositoryProps } from './hardened-repository-props';
export { type ImageDetail, RetentionAction, type RetentionOutcome } from './image-detail';
export { ImageEncryption } from './image-encryption';
export { PullThroughCache, type PullThroughCacheProps } from './pull-through-cache';
export type { PushCommandsOptions } from './push-commands';
export type { PushRoleProps } from './push-role-props';
export { RegistryPolicy, type ReplicationSource } from './registry-policy';
export {
  RegistryReplication,
  type RegistryReplicationProps,
  ReplicationDestination,
  type ReplicationRule,
} from './registry-replication';
export {
  type BasicScanningOptions,
  type EnhancedScanningOptions,
  RegistryScanning,
  type RegistryScanningProps,
  RegistryScanType,
} from './registry-scanning';
export { RegistrySigning, type RegistrySigningProps, type SigningRule } from './registry-signing';
export type { OnImagePushedOptions, OnScanFindingsOptions } from './repository-events';
export type { RetentionProps } from './retention-props';
export { ImageSelection, RetentionRule } from './retention-rule';
export { type EcrUpstreamOptions, UpstreamRegistry } from './upstream-registry';
