import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fail } from '../shared/validate';
import { requireCacheCredentials } from './private/cache-credentials';
import { createCacheRole } from './private/cache-role';
import { ROOT, repositoriesOf, requireAccountId, requireNamespace, requireRegionName } from './private/registry-names';

/** Options of `UpstreamRegistry.ecr`. */
export interface EcrUpstreamOptions {
  /** Region of the registry that is cached. */
  readonly region: string;

  /**
   * Account of the registry that is cached, 12 digits. If it is another one, its registry policy or repository policies
   * must allow the cache's account to read.
   *
   * @default - the account of the cache
   */
  readonly accountId?: string;

  /**
   * Namespace of the repositories that are cached; it is left out of the names of the copies.
   *
   * @default - all repositories
   */
  readonly repositoryPrefix?: string;

  /**
   * Role in which ECR reads the images, in the account of the cache.
   *
   * @default - a new one for the repositories of the upstream and of the cache
   */
  readonly role?: iam.IRole;
}

/** A registry whose images a pull through cache copies. */
export abstract class UpstreamRegistry {
  /** Amazon ECR Public, `public.ecr.aws`. */
  public static ecrPublic(): UpstreamRegistry {
    return new OpenRegistry('ecr-public', 'public.ecr.aws');
  }

  /** Quay, `quay.io`. */
  public static quay(): UpstreamRegistry {
    return new OpenRegistry('quay', 'quay.io');
  }

  /** The registry of the Kubernetes project, `registry.k8s.io`. */
  public static kubernetes(): UpstreamRegistry {
    return new OpenRegistry('k8s', 'registry.k8s.io');
  }

  /**
   * Docker Hub. Official images have 'library/' before their name.
   *
   * @param credentials secret with 'username' and 'accessToken', whose name begins with 'ecr-pullthroughcache/'
   */
  public static dockerHub(credentials: secretsmanager.ISecret): UpstreamRegistry {
    return new ClosedRegistry('docker-hub', 'registry-1.docker.io', credentials);
  }

  /**
   * GitHub Container Registry, `ghcr.io`.
   *
   * @param credentials secret with 'username' and 'accessToken', whose name begins with 'ecr-pullthroughcache/'
   */
  public static gitHub(credentials: secretsmanager.ISecret): UpstreamRegistry {
    return new ClosedRegistry('github-container-registry', 'ghcr.io', credentials);
  }

  /**
   * GitLab.com's registry, 'registry.gitlab.com'; not that of a GitLab of your own.
   *
   * @param credentials secret with 'username' and 'accessToken', whose name begins with 'ecr-pullthroughcache/'
   */
  public static gitLab(credentials: secretsmanager.ISecret): UpstreamRegistry {
    return new ClosedRegistry('gitlab-container-registry', 'registry.gitlab.com', credentials);
  }

  /**
   * A Microsoft Azure container registry.
   *
   * @param registryName name of the registry, without '.azurecr.io'
   * @param credentials secret with 'username' and 'accessToken', whose name begins with 'ecr-pullthroughcache/'
   */
  public static azure(registryName: string, credentials: secretsmanager.ISecret): UpstreamRegistry {
    return new AzureRegistry(registryName, credentials);
  }

  /**
   * Chainguard's registry, `cgr.dev`.
   *
   * @param credentials secret with 'username' and 'accessToken', whose name begins with 'ecr-pullthroughcache/'
   */
  public static chainguard(credentials: secretsmanager.ISecret): UpstreamRegistry {
    return new ClosedRegistry('chainguard', 'cgr.dev', credentials);
  }

  /**
   * A private ECR registry in another region or account.
   *
   * @param options where it is, and what of it is cached
   */
  public static ecr(options: EcrUpstreamOptions): UpstreamRegistry {
    return new EcrRegistry(options);
  }

  /** @internal */
  public abstract _bind(scope: Construct, cachePrefix: string): ecr.CfnPullThroughCacheRuleProps;
}

class OpenRegistry extends UpstreamRegistry {
  constructor(
    private readonly name: string,
    private readonly url: string,
  ) {
    super();
  }

  public _bind(): ecr.CfnPullThroughCacheRuleProps {
    return { upstreamRegistry: this.name, upstreamRegistryUrl: this.url };
  }
}

class ClosedRegistry extends UpstreamRegistry {
  constructor(
    private readonly name: string,
    private readonly url: string,
    private readonly credentials: secretsmanager.ISecret,
  ) {
    super();
  }

  public _bind(scope: Construct): ecr.CfnPullThroughCacheRuleProps {
    return {
      upstreamRegistry: this.name,
      upstreamRegistryUrl: this.url,
      credentialArn: requireCacheCredentials(scope, this.credentials),
    };
  }
}

class AzureRegistry extends ClosedRegistry {
  constructor(
    private readonly registryName: string,
    credentials: secretsmanager.ISecret,
  ) {
    super('azure-container-registry', `${registryName}.azurecr.io`, credentials);
  }

  public _bind(scope: Construct): ecr.CfnPullThroughCacheRuleProps {
    if (!Token.isUnresolved(this.registryName) && !/^[A-Za-z0-9-]+$/.test(this.registryName)) {
      fail(scope, `'registryName' must be a name without '.azurecr.io', got '${this.registryName}'`);
    }
    return super._bind(scope);
  }
}

class EcrRegistry extends UpstreamRegistry {
  constructor(private readonly options: EcrUpstreamOptions) {
    super();
  }

  public _bind(scope: Construct, cachePrefix: string): ecr.CfnPullThroughCacheRuleProps {
    const stack = Stack.of(scope);
    const { region, accountId = stack.account, repositoryPrefix } = this.options;
    this.check(scope, cachePrefix);

    const role =
      this.options.role ??
      createCacheRole(scope, [
        stack.formatArn({
          service: 'ecr',
          account: accountId,
          region,
          resource: 'repository',
          resourceName: repositoriesOf(repositoryPrefix ?? ROOT),
        }),
        stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: repositoriesOf(cachePrefix) }),
      ]);
    return {
      upstreamRegistry: 'ecr',
      upstreamRegistryUrl: `${accountId}.dkr.ecr.${region}.amazonaws.com`,
      upstreamRepositoryPrefix: repositoryPrefix,
      customRoleArn: role.roleArn,
    };
  }

  private check(scope: Construct, cachePrefix: string): void {
    const { path } = scope.node;
    const { account: ownAccount, region: ownRegion } = Stack.of(scope);
    const { region, accountId = ownAccount, repositoryPrefix } = this.options;
    requireRegionName(path, 'region', region);
    requireAccountId(path, 'accountId', accountId);
    if (region === ownRegion && accountId === ownAccount) {
      fail(
        path,
        `'upstream' must be another registry than the cache's, got ${region} of the same account: ` +
          'name another region or account',
      );
    }
    if (repositoryPrefix !== undefined) {
      requireNamespace(path, 'repositoryPrefix', repositoryPrefix, 2, 30);
    }
    if (repositoryPrefix !== undefined && cachePrefix === ROOT) {
      fail(
        path,
        `'repositoryPrefix' of the upstream must be left out when the cache's is ROOT, got '${repositoryPrefix}': ` +
          'give the cache a prefix',
      );
    }
  }
}
