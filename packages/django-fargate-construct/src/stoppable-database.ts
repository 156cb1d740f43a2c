import type * as rds from 'aws-cdk-lib/aws-rds';

/** A database that RDS can stop and start. */
export class StoppableDatabase {
  /**
   * An RDS instance that has no read replica and is none.
   *
   * @param instance the instance
   */
  public static instance(instance: rds.IDatabaseInstance): StoppableDatabase {
    return new StoppableDatabase(
      'DBInstance',
      'DbInstanceIdentifier',
      instance.instanceIdentifier,
      instance.instanceArn,
    );
  }

  /**
   * An Aurora cluster with all its instances.
   *
   * @param cluster the cluster
   */
  public static cluster(cluster: rds.IDatabaseCluster): StoppableDatabase {
    return new StoppableDatabase('DBCluster', 'DbClusterIdentifier', cluster.clusterIdentifier, cluster.clusterArn);
  }

  private constructor(
    /** @internal */
    public readonly _noun: 'DBInstance' | 'DBCluster',
    /** @internal */
    public readonly _parameter: string,
    /** @internal */
    public readonly _identifier: string,
    /** @internal */
    public readonly _arn: string,
  ) {}
}
