import { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { PostgresDatabase, SiteNetwork, ValkeyCache } from 'django-fargate-construct';
import { type Config, siteProfile } from './config';

/** Properties of `NetworkStack`. */
export interface NetworkStackProps {
  readonly config: Config;
}

/** The network of data and site. */
export class NetworkStack extends Stack {
  public readonly vpc: ec2.IVpc;

  constructor(scope: Construct, id: string, { config }: NetworkStackProps) {
    const terminationProtection = config.profile === 'production';
    super(scope, id, { description: 'Network of the Django site', terminationProtection });

    this.vpc = new SiteNetwork(this, 'Network', { profile: siteProfile(config) }).vpc;
  }
}

/** Properties of `DataStack`. */
export interface DataStackProps {
  readonly config: Config;
  readonly vpc: ec2.IVpc;
}

/** What the site must not lose. It knows nothing of the site, whose stack may be deployed, replaced and destroyed at will. */
export class DataStack extends Stack {
  public readonly database: PostgresDatabase;
  public readonly cache: ValkeyCache;

  constructor(scope: Construct, id: string, { config, vpc }: DataStackProps) {
    const terminationProtection = config.profile === 'production';
    super(scope, id, { description: 'Database and cache of the Django site', terminationProtection });

    const profile = siteProfile(config);
    this.database = new PostgresDatabase(this, 'Database', { vpc, profile });
    this.cache = new ValkeyCache(this, 'Cache', { vpc, profile });
  }
}
