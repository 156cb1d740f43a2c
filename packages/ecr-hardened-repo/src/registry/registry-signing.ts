import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as signer from 'aws-cdk-lib/aws-signer';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fail } from '../shared/validate';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { requireCount, requireRepositoryFilters } from './private/registry-names';

/** The images that are signed, and the profile that signs them. */
export interface SigningRule {
  /** Profile of the platform 'Notation-OCI-SHA384-ECDSA' in the region of the registry; its account may be another. */
  readonly signingProfile: signer.ISigningProfile;

  /**
   * Filters of the repositories whose images are signed; '*' stands for any characters.
   *
   * @default - all repositories
   */
  readonly repositoryFilters?: string[];
}

/** Properties of `RegistrySigning`. */
export interface RegistrySigningProps {
  /** At most 10 rules. An image that several rules match is signed by each. */
  readonly rules: SigningRule[];
}

/**
 * Signs images when they are pushed, with AWS Signer and in the name of who pushes them: grant that with `grantSign`.
 *
 * A signature stops nobody from running an image without one: whoever deploys has to verify it. A registry has one
 * signing configuration: a second one in the app is an error.
 *
 * @example
 * const signing = new RegistrySigning(this, 'Signing', {
 *   rules: [{ signingProfile, repositoryFilters: ['shop/*'] }],
 * });
 * signing.grantSign(pushRole);
 */
export class RegistrySigning extends Construct {
  private readonly profileArns: string[];

  constructor(scope: Construct, id: string, props: RegistrySigningProps) {
    super(scope, id);

    requireCount(this.node.path, 'rules', 'rules', props.rules, 1, 10);
    for (const rule of props.rules) {
      this.checkRule(rule);
    }
    requireOnlyOneInRegistry(this, 'RegistrySigning', ecr.CfnSigningConfiguration.CFN_RESOURCE_TYPE_NAME);

    this.profileArns = props.rules.map((rule) => rule.signingProfile.signingProfileArn);
    new ecr.CfnSigningConfiguration(this, 'Resource', {
      rules: props.rules.map(({ signingProfile, repositoryFilters }) => ({
        signingProfileArn: signingProfile.signingProfileArn,
        repositoryFilters: repositoryFilters?.map((filter) => ({ filter, filterType: 'WILDCARD_MATCH' })),
      })),
    });
  }

  /**
   * Lets 'grantee' sign with the profiles of all rules; without it, what it pushes stays unsigned.
   *
   * A profile of another account must allow it as well.
   *
   * @param grantee who pushes images
   */
  public grantSign(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['signer:SignPayload'],
      resourceArns: [...new Set(this.profileArns)],
    });
  }

  private checkRule({ signingProfile, repositoryFilters }: SigningRule): void {
    const { path } = this.node;
    const platform = platformOf(signingProfile);
    const expected = signer.Platform.NOTATION_OCI_SHA384_ECDSA.platformId;
    if (platform !== undefined && !Token.isUnresolved(platform) && platform !== expected) {
      fail(
        path,
        `'signingProfile' must be of the platform ${expected}, got ${platform}: ` +
          'use Platform.NOTATION_OCI_SHA384_ECDSA',
      );
    }
    const { region } = Stack.of(this);
    const got = signingProfile.env.region;
    if (!Token.isUnresolved(got) && !Token.isUnresolved(region) && got !== region) {
      fail(path, `'signingProfile' must be in the registry's region ${region}, got one in ${got}`);
    }
    if (repositoryFilters) {
      requireRepositoryFilters(path, 'repositoryFilters', repositoryFilters);
    }
  }
}

/** Platform of a profile that the app makes; that of others is not known. */
function platformOf(profile: signer.ISigningProfile): string | undefined {
  const resource = profile.node.defaultChild;
  return resource instanceof signer.CfnSigningProfile ? resource.platformId : undefined;
}
