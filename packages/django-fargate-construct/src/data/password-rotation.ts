import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { taskPlacement } from '../network/subnets';
import { EXCLUDED_CHARACTERS } from '../shared/generated-password';
import { shortened } from '../shared/shortened';
import { fail, requireWhole } from '../shared/validate';

/** Times and subnets of the function that changes passwords of a database. */
export interface PasswordRotationOptions {
  /**
   * Time between two rotations: whole days, 1 to 1000. The first one comes after that time, too.
   *
   * @default Duration.days(30)
   */
  readonly every?: Duration;

  /**
   * Subnets of the functions that change passwords. From there, Secrets Manager must be reached without a public address,
   * which a function does not get: through a NAT, or an interface endpoint.
   *
   * @default - the subnets of tasks; not when those are public
   */
  readonly subnets?: ec2.SubnetSelection;
}

/**
 * Lets AWS Secrets Manager change the passwords of a database, with functions that AWS writes, runs in the VPC and keeps up
 * to date. Running tasks are not told: see `DeploymentAfterRotation`.
 */
export class PasswordRotation {
  /**
   * Every user keeps its name and gets a new password. From then on, tasks that do not read the secret again are refused
   * new connections.
   *
   * @param options when and where
   */
  public static sameUser(options: PasswordRotationOptions = {}): PasswordRotation {
    return new PasswordRotation(options, false);
  }

  /**
   * The run user has a twin, and the one that is not in use gets the new password: tasks go on with the old login until the
   * rotation after. Only with `separateRunUser`; the owner, whom only releases use, keeps its name.
   *
   * @param options when and where
   */
  public static alternatingUsers(options: PasswordRotationOptions = {}): PasswordRotation {
    return new PasswordRotation(options, true);
  }

  private constructor(
    private readonly options: PasswordRotationOptions,
    /** @internal */
    public readonly _alternates: boolean,
  ) {}

  /** @internal */
  public _require(scope: Construct, vpc: ec2.IVpc, separateRunUser: boolean): void {
    const { every, subnets } = this.options;
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    if (every) requireWhole(scope, 'users.passwordRotation.every', every.toDays({ integral: false }), 1, 1000);
    if (this._alternates && !separateRunUser) {
      fail(
        scope,
        "'users.passwordRotation' must be sameUser() unless 'users.separateRunUser' is true, got alternatingUsers(): " +
          "the owner's twin would own what it makes",
      );
    }
    if (!subnets && taskPlacement(scope, vpc).assignPublicIp) {
      fail(
        scope,
        "'users.passwordRotation' must name 'subnets' when tasks are in public ones: a function gets no public address. Choose " +
          'another egress, or name subnets that reach an interface endpoint of Secrets Manager',
      );
    }
  }

  /** @internal */
  public _rotate(
    scope: Construct,
    target: {
      vpc: ec2.IVpc;
      connections: ec2.Connections;
      owner: secretsmanager.ISecret;
      run?: secretsmanager.ISecret;
    },
  ): void {
    const { vpc, connections, owner, run } = target;
    const securityGroup = new ec2.SecurityGroup(scope, 'RotationSecurityGroup', {
      vpc,
      description: 'Functions that rotate passwords of a database',
    });
    connections.allowDefaultPortFrom(
      securityGroup,
      shortened(`from ${securityGroup.uniqueId}:${connections.defaultPort}`),
    );
    const place = {
      vpc,
      vpcSubnets: this.options.subnets ?? { subnets: taskPlacement(scope, vpc).subnets },
      securityGroups: [securityGroup],
      excludeCharacters: EXCLUDED_CHARACTERS,
    };
    const { postgreSqlSingleUser, postgreSqlMultiUser } = secretsmanager.HostedRotation;
    this.schedule(owner, postgreSqlSingleUser(place));
    if (!run) return;
    this.schedule(
      run,
      this._alternates ? postgreSqlMultiUser({ ...place, masterSecret: owner }) : postgreSqlSingleUser(place),
    );
  }

  private schedule(secret: secretsmanager.ISecret, hostedRotation: secretsmanager.HostedRotation): void {
    secret.addRotationSchedule('Rotation', {
      hostedRotation,
      automaticallyAfter: this.options.every ?? Duration.days(30),
      // at first the run user does not exist, and the site is being deployed
      rotateImmediatelyOnUpdate: false,
    });
  }
}
