import { createHash } from 'node:crypto';

/** A repository by what its ARN says. */
export interface Repository {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

/** An image of the repository, by digest or else by tag. */
export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

const LONGEST_TAG = 128;
/** Also the names of ECR's FIPS and dual-stack endpoints (`.dkr-ecr.<region>.on.aws`). */
const IMAGE =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.]+\/(?<name>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/;

export function parseRepositoryArn(arn: string): Repository {
  const [, , , region, account, resource] = arn.split(':');
  return { region, account, name: resource.slice('repository/'.length) };
}

/** Which image of `repository` a container's `image` names; undefined for an image from anywhere else. */
export function imageWithin(repository: Repository, image: string): ImageId | undefined {
  const { account, region, name, tag, digest } = IMAGE.exec(image)?.groups ?? {};
  if (account !== repository.account || region !== repository.region || name !== repository.name) return undefined;
  return digest ? { imageDigest: digest } : { imageTag: tag ?? 'latest' };
}

/** The tag that pins an image for a service: the same one each time, whatever the length of the service's name. */
export function pinTag(prefix: string, service: string, digest: string): string {
  const end = `-${digest.slice('sha256:'.length).slice(0, 12)}`;
  const room = LONGEST_TAG - prefix.length - end.length;
  if (service.length <= room) return prefix + service + end;
  const hash = createHash('sha256').update(service).digest('hex').slice(0, 8);
  return `${prefix}${service.slice(0, room - hash.length - 1)}-${hash}${end}`;
}
