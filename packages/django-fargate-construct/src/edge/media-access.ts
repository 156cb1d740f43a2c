import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** Options of `MediaAccess.signed`. */
export interface SignedMediaOptions {
  /** Public key of the pair, RSA with 2048 bits; Django gets its id. */
  readonly publicKey: cloudfront.IPublicKey;

  /** Secret that holds the private key of the pair as PEM; Django signs addresses with it. */
  readonly privateKey: secretsmanager.ISecret;

  /**
   * Further public keys whose signatures are still good, while one pair takes the place of another.
   *
   * @default - none
   */
  readonly formerPublicKeys?: cloudfront.IPublicKey[];
}

/** The way of visitors to uploads under `/media/`, when CloudFront is in front of the site. */
export class MediaAccess {
  /** Django answers, and can look at who asks. */
  public static throughDjango(): MediaAccess {
    return new MediaAccess(false);
  }

  /** CloudFront answers everybody who knows the name. A file that is deleted may be served for another day. */
  public static publicRead(): MediaAccess {
    return new MediaAccess(true);
  }

  /**
   * CloudFront answers whoever has an address that Django signed and whose time has not passed.
   *
   * @param options the pair of keys
   */
  public static signed(options: SignedMediaOptions): MediaAccess {
    return new MediaAccess(true, options);
  }

  private constructor(
    /** @internal */
    public readonly _fromBucket: boolean,
    /** @internal */
    public readonly _signing?: SignedMediaOptions,
  ) {}
}
