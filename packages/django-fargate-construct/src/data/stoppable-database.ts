import type * as rds from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { fail } from '../shared/validate';

/** A database that RDS can stop and start. */
export class StoppableDatabase {
  /**
   * An RDS instance that has no read replica and is none.
   *
   * @param instance the instance
   * @param readReplicas number of its read replicas: with any, `DatabaseOffHours` fails at synthesis
   */
  public static instance(instance: rds.IDatabaseInstance, readReplicas: number = 0): StoppableDatabase {
    return new StoppableDatabase(
      'DBInstance',
      'DbInstanceIdentifier',
      instance.instanceIdentifier,
      instance.instanceArn,
      readReplicas,
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
    private readonly readReplicas = 0,
  ) {}

  /** @internal */
  public _require(scope: IConstruct): void {
    if (this.readReplicas === 0) return;
    fail(
      scope,
      `'offHours' must be left out for a database with read replicas, got ${this.readReplicas}: RDS does not stop it`,
    );
  }
}
