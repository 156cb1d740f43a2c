export { HardenedRepository, type HardenedRepositoryProps } from './hardened-repository';
