import type * as kms from 'aws-cdk-lib/aws-kms';

/**
 * The key of AWS KMS that encrypts the images of a repository. It cannot be changed later: CloudFormation would replace the
 * repository, images and all.
 */
export class ImageEncryption {
  /**
   * A key of your own: the one given, which must be of the repository's region, or else a new one that rotates every
   * year. A key costs about a dollar a month, so one for all repositories of an account and region is a good choice.
   *
   * @param key key of the repository's Region; a new one when it is left out
   */
  public static customerManagedKey(key?: kms.IKey): ImageEncryption {
    return new ImageEncryption(true, key);
  }

  /**
   * The key `aws/ecr` that AWS manages, which costs nothing by itself. You cannot share it with another account, and you
   * give up Security Hub ECR.5 and Trivy AWS-0033; synthesis warns of it.
   */
  public static awsManagedKey(): ImageEncryption {
    return new ImageEncryption(false);
  }

  private constructor(
    /** @internal */
    public readonly _customerManaged: boolean,
    /** @internal */
    public readonly _key?: kms.IKey,
  ) {}
}
