import type { ContainerImage } from '@aws-sdk/client-ecs';

/** An image of a repository, by digest or else by tag. */
export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** Also the names of ECR's FIPS and dual-stack endpoints (`.dkr-ecr.<region>.on.aws`): all lead to the same images. */
const IMAGE =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.]+\/(?<name>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/;

/** A repository, from its ARN. */
export class Repository {
  public readonly region: string;
  public readonly registryId: string;
  public readonly repositoryName: string;

  constructor(arn: string) {
    const [, , , region, registryId, resource = ''] = arn.split(':');
    this.region = region;
    this.registryId = registryId;
    this.repositoryName = resource.slice('repository/'.length);
  }

  /** Image of this repository that a container has; undefined for an image from anywhere else. */
  public imageOf({ image = '', imageDigest }: ContainerImage): ImageId | undefined {
    const { account, region, name, tag, digest } = IMAGE.exec(image)?.groups ?? {};
    if (account !== this.registryId || region !== this.region || name !== this.repositoryName) return undefined;
    // ECS says which digest it runs; only without one, the name decides.
    if (imageDigest ?? digest) return { imageDigest: imageDigest ?? digest };
    return { imageTag: tag ?? 'latest' };
  }
}
