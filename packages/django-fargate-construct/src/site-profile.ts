import { RemovalPolicy } from 'aws-cdk-lib/core';

/** Every default about size, cost or safety, for one kind of site. */
interface ProfileDefaults {
  readonly plainHttp: boolean;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly beatCpu: number;
  readonly beatMemoryMiB: number;
  readonly minTasks: number;
  readonly maxTasks: number;
  /** One of the factories of `Egress`. */
  readonly egress: 'natGatewayPerZone' | 'publicTasks';
  readonly flowLogs: boolean;
  readonly stops: boolean;
  readonly databaseInstanceType: string;
  readonly multiAz: boolean;
  readonly backupRetentionDays: number;
  readonly connectionsChecked: boolean;
  readonly databaseInsights: boolean;
  readonly auroraMinCapacity: number;
  readonly auroraMaxCapacity: number;
  readonly auroraReaders: number;
  readonly cacheNodeType: string;
  readonly cacheReplicas: number;
  readonly cacheSnapshotDays: number;
  readonly containerInsights: boolean;
  readonly logRetentionDays: number;
  readonly accessLogs: boolean;
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/** The purpose of a site; it decides every default about size, cost or safety. */
export class SiteProfile {
  /** Visitors depend on the site: HTTPS only, spread over zones, nothing that holds data is deleted. */
  public static readonly PRODUCTION = new SiteProfile('production', {
    plainHttp: false,
    cpu: 512,
    memoryMiB: 1024,
    beatCpu: 256,
    beatMemoryMiB: 512,
    minTasks: 2,
    maxTasks: 10,
    egress: 'natGatewayPerZone',
    flowLogs: true,
    stops: false,
    databaseInstanceType: 't4g.medium',
    multiAz: true,
    backupRetentionDays: 14,
    connectionsChecked: true,
    databaseInsights: true,
    auroraMinCapacity: 0.5,
    auroraMaxCapacity: 8,
    auroraReaders: 1,
    cacheNodeType: 'cache.t4g.small',
    cacheReplicas: 1,
    cacheSnapshotDays: 7,
    containerInsights: true,
    logRetentionDays: 90,
    accessLogs: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });

  /** A site to try things on: the smallest sizes, one of each, and `cdk destroy` deletes everything with its data. */
  public static readonly DEVELOPMENT = new SiteProfile('development', {
    plainHttp: true,
    cpu: 256,
    memoryMiB: 512,
    beatCpu: 256,
    beatMemoryMiB: 512,
    minTasks: 1,
    maxTasks: 2,
    egress: 'publicTasks',
    flowLogs: false,
    stops: true,
    databaseInstanceType: 't4g.micro',
    multiAz: false,
    backupRetentionDays: 1,
    connectionsChecked: false,
    databaseInsights: false,
    auroraMinCapacity: 0,
    auroraMaxCapacity: 2,
    auroraReaders: 0,
    cacheNodeType: 'cache.t4g.micro',
    cacheReplicas: 0,
    cacheSnapshotDays: 0,
    containerInsights: false,
    logRetentionDays: 7,
    accessLogs: false,
    deletionProtection: false,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  private constructor(
    /** Name of the profile. */
    public readonly name: string,
    /** @internal */
    public readonly _defaults: ProfileDefaults,
  ) {}
}
