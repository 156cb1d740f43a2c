export { DeployedImagePins, type DeployedImagePinsProps } from './deployed-image-pins';
export { DeployGate, type DeployGateProps } from './deploy-gate';
export { type AcceptedFinding, FindingPolicy, type FindingPolicyOptions } from './finding-policy';
export { FindingSeverity } from './finding-severity';
export { HardenedRepository, type HardenedRepositoryProps } from './hardened-repository';
