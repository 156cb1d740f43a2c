import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { requireAccountId, requireCount, requireNamePrefixes } from './private/registry-names';

/** From where a registry takes images. */
export interface ReplicationSource {
  /** Accounts that may copy their images here, 12 digits each. */
  readonly accountIds: string[];

  /**
   * Beginnings of the names of the repositories that may be copied.
   *
   * @default - all repositories
   */
  readonly repositoryPrefixes?: string[];
}

/**
 * The rights of other accounts in a registry as a whole, such as copy images into it.
 *
 * A registry has one policy: a second one in the app is an error, and so is one that allows nothing.
 *
 * @example
 * const policy = new RegistryPolicy(this, 'Policy');
 * policy.allowReplication({ accountIds: ['111122223333'], repositoryPrefixes: ['shop/'] });
 */
export class RegistryPolicy extends Construct {
  private readonly document = new iam.PolicyDocument();

  constructor(scope: Construct, id: string) {
    super(scope, id);

    requireOnlyOneInRegistry(this, 'RegistryPolicy', ecr.CfnRegistryPolicy.CFN_RESOURCE_TYPE_NAME);

    new ecr.CfnRegistryPolicy(this, 'Resource', { policyText: Lazy.any({ produce: () => this.document }) });
    this.node.addValidation({
      validate: () =>
        this.document.isEmpty
          ? [`a RegistryPolicy must allow something, got no statement: call allowReplication() [${this.node.path}]`]
          : [],
    });
  }

  /**
   * Lets other accounts copy their images here, and make the repositories for them.
   *
   * How those repositories are set up is decided by a `HardenedCreationTemplate` for `REPLICATION`.
   *
   * @param source who may copy, and which repositories
   */
  public allowReplication(source: ReplicationSource): void {
    const { path } = this.node;
    requireCount(path, 'accountIds', 'accounts', source.accountIds, 1, 100);
    for (const accountId of source.accountIds) {
      requireAccountId(path, 'accountIds', accountId);
    }
    if (source.repositoryPrefixes) {
      requireNamePrefixes(path, 'repositoryPrefixes', source.repositoryPrefixes);
    }

    this.addStatement(
      new iam.PolicyStatement({
        principals: source.accountIds.map((accountId) => new iam.AccountPrincipal(accountId)),
        actions: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
        resources: (source.repositoryPrefixes ?? ['']).map((prefix) =>
          Stack.of(this).formatArn({ service: 'ecr', resource: 'repository', resourceName: `${prefix}*` }),
        ),
      }),
    );
  }

  /**
   * Adds a statement of your own, such as one for pull through caches.
   *
   * @param statement what is allowed, or denied
   */
  public addStatement(statement: iam.PolicyStatement): void {
    this.document.addStatements(statement);
  }
}
