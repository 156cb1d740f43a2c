/** The gate's repository, from its ARN. */
export class Repository {
  public readonly region: string;
  public readonly registryId: string;
  public readonly repositoryName: string;

  constructor(arn: string) {
    const [, , , region, registryId, ...name] = arn.split(/[:/]/);
    this.region = region;
    this.registryId = registryId;
    this.repositoryName = name.slice(1).join('/');
  }

  /**
   * The part of `image` that names one of this repository's images, `:tag` or `@digest`; undefined for an image of
   * another one. A registry has several names: FIPS and dual-stack endpoints lead to the same images.
   */
  public suffixOf(image: string): string | undefined {
    const [, registryId, region, repositoryName, suffix] =
      /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+)(.*)$/.exec(image) ?? [];
    const ours = registryId === this.registryId && region === this.region && repositoryName === this.repositoryName;
    return ours ? suffix : undefined;
  }
}
