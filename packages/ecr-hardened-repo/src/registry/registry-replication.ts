import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fail } from '../shared/validate';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { requireAccountId, requireCount, requireNamePrefixes, requireRegionName } from './private/registry-names';

/** A registry that images are copied to. */
export class ReplicationDestination {
  /**
   * Another region of the same account.
   *
   * @param region region to copy to, such as 'eu-central-1'
   */
  public static region(region: string): ReplicationDestination {
    return new ReplicationDestination(region);
  }

  /**
   * A region of another account, whose 'RegistryPolicy' must allow it.
   *
   * @param accountId account to copy to, 12 digits
   * @param region region to copy to, which may be the same as the source's
   */
  public static account(accountId: string, region: string): ReplicationDestination {
    return new ReplicationDestination(region, accountId);
  }

  private constructor(
    /** @internal */
    public readonly _region: string,
    /** @internal */
    public readonly _accountId?: string,
  ) {}
}

/** The repositories that are copied, and the registries that get them. */
export interface ReplicationRule {
  /** Registries that the images are copied to. */
  readonly destinations: ReplicationDestination[];

  /**
   * Beginnings of the names of the repositories that are copied; 'shop/' matches 'shop/web', and 'shop' also `shopping`.
   *
   * @default - all repositories
   */
  readonly repositoryPrefixes?: string[];
}

/** Properties of `RegistryReplication`. */
export interface RegistryReplicationProps {
  /** At most 25 rules with at most 25 different destinations between them, and 100 prefixes each. */
  readonly rules: ReplicationRule[];
}

/**
 * Copies images to other regions and accounts when they are pushed.
 *
 * - Only images travel that are pushed after this is deployed.
 * - Settings stay behind: the copies are mutable, not encrypted with a key of yours, and never expire, unless a
 *   'HardenedCreationTemplate' for 'REPLICATION' waits in the destination.
 * - A lifecycle policy acts only where it is, and what it deletes stays in the copy.
 * - A copy is not copied on: from A to B and from B to C is not from A to C.
 *
 * A registry has one replication configuration: a second one in the app is an error.
 *
 * @example
 * new RegistryReplication(this, 'Replication', {
 *   rules: [{ destinations: [ReplicationDestination.region('eu-central-1')], repositoryPrefixes: ['shop/'] }],
 * });
 */
export class RegistryReplication extends Construct {
  constructor(scope: Construct, id: string, props: RegistryReplicationProps) {
    super(scope, id);

    this.check(props.rules);
    requireOnlyOneInRegistry(this, 'RegistryReplication', ecr.CfnReplicationConfiguration.CFN_RESOURCE_TYPE_NAME);

    new ecr.CfnReplicationConfiguration(this, 'Resource', {
      replicationConfiguration: {
        rules: props.rules.map(({ destinations, repositoryPrefixes }) => ({
          destinations: destinations.map(({ _accountId: accountId, _region: region }) => ({
            registryId: accountId ?? Stack.of(this).account,
            region,
          })),
          repositoryFilters: repositoryPrefixes?.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
        })),
      },
    });
  }

  private check(rules: ReplicationRule[]): void {
    const { path } = this.node;
    requireCount(path, 'rules', 'rules', rules, 1, 25);
    for (const { destinations, repositoryPrefixes } of rules) {
      requireCount(path, 'destinations', 'destinations', destinations, 1, 25);
      for (const destination of destinations) {
        this.checkDestination(destination);
      }
      if (repositoryPrefixes) {
        requireNamePrefixes(path, 'repositoryPrefixes', repositoryPrefixes);
      }
    }
    const different = new Set(rules.flatMap((rule) => rule.destinations).map((to) => `${to._accountId}/${to._region}`));
    requireCount(path, 'rules', 'different destinations', [...different], 1, 25);
  }

  private checkDestination({ _accountId: accountId, _region: region }: ReplicationDestination): void {
    const { path } = this.node;
    const { account: ownAccount, region: ownRegion } = Stack.of(this);
    requireRegionName(path, 'region', region);
    if (accountId !== undefined) {
      requireAccountId(path, 'accountId', accountId);
    }
    if (region === ownRegion && (accountId ?? ownAccount) === ownAccount) {
      fail(
        path,
        `'destinations' must be other registries than the source, got ${region} of the same account: ` +
          'name another region or account',
      );
    }
  }
}
