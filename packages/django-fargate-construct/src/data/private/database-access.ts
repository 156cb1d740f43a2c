import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type RemovalPolicy, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { EXCLUDED_CHARACTERS } from '../../shared/generated-password';
import { fail } from '../../shared/validate';
import { SiteProfile } from '../../site-profile';
import type { DatabaseProps } from '../database-props';
import { DEFAULT_NAME, postgresConnections } from '../postgres';
import { requireUserName } from './database-names';
import { rdsProxy, requireProxy } from './rds-proxy';

/** The logins of the processes of a site, and the way to the database. */
export interface DatabaseAccess {
  readonly secret: secretsmanager.ISecret;
  readonly ownerSecret?: secretsmanager.ISecret;
  readonly proxyEndpoint?: string;
  readonly connections: ec2.Connections;
}

/** An instance or a cluster. */
export interface DatabaseServer extends IConstruct, ec2.IConnectable, secretsmanager.ISecretAttachmentTarget {
  readonly secret?: secretsmanager.ISecret;
}

/** End of the name of the run user, after the name of the owner. */
const RUN_SUFFIX = '_run';
/** End of the name that rotation gives to the second of two alternating users. */
const CLONE_SUFFIX = '_clone';

/** Fails synthesis for access that could not be made. */
export function requireAccess(scope: Construct, props: DatabaseProps): void {
  const { username = DEFAULT_NAME, separateRunUser = false, passwordRotation } = props.users ?? {};
  requireUserName(scope, 'users.username', username);
  const most = 63 - RUN_SUFFIX.length - CLONE_SUFFIX.length;
  if (separateRunUser && !Token.isUnresolved(username) && username.length > most) {
    fail(
      scope,
      `'users.username' must have at most ${most} characters with 'users.separateRunUser', got ${username.length}`,
    );
  }
  if (props.proxy) {
    requireProxy(scope, props.proxy);
    if (passwordRotation?._alternates) {
      fail(
        scope,
        "'users.passwordRotation' must be sameUser() with 'proxy', got alternatingUsers(): the proxy has one login",
      );
    }
  }
  passwordRotation?._require(scope, props.vpc, separateRunUser);
}

/** Makes what stands between the processes of a site and a database: users and their secrets. */
export function databaseAccess(
  scope: Construct,
  props: DatabaseProps,
  server: DatabaseServer,
  proxyTarget: rds.ProxyTarget,
): DatabaseAccess {
  const owner = server.secret!;
  const { removalPolicy } = (props.profile ?? SiteProfile.PRODUCTION)._defaults;
  const made = server.node.children.find((child) => child instanceof rds.DatabaseSecret);
  keepLogin(made as rds.DatabaseSecret, owner, removalPolicy);
  const { username, separateRunUser, passwordRotation } = props.users ?? {};
  const run = separateRunUser ? runLogin(scope, username, owner, server, removalPolicy) : undefined;
  passwordRotation?._rotate(scope, { vpc: props.vpc, connections: server.connections, owner, run });
  const logins = run ? { secret: run, ownerSecret: owner } : { secret: owner };
  const { securityGroups } = server.connections;
  if (!props.proxy) return { ...logins, connections: postgresConnections(securityGroups) };
  const proxy = rdsProxy(scope, props.vpc, logins.secret, proxyTarget, props.proxy);
  return {
    ...logins,
    proxyEndpoint: proxy.endpoint,
    // the release passes the proxy by
    connections: postgresConnections([...proxy.connections.securityGroups, ...securityGroups]),
  };
}

function runLogin(
  scope: Construct,
  username: string | undefined,
  owner: secretsmanager.ISecret,
  server: DatabaseServer,
  removalPolicy: RemovalPolicy,
): secretsmanager.ISecret {
  const secret = new rds.DatabaseSecret(scope, 'RunSecret', {
    username: `${username ?? DEFAULT_NAME}${RUN_SUFFIX}`,
    // for alternating users; always, because another content of the secret would be another password
    masterSecret: owner,
    excludeCharacters: EXCLUDED_CHARACTERS,
  });
  const attached = secret.attach(server);
  keepLogin(secret, attached, removalPolicy);
  return attached;
}

/** A database that is kept is of no use without its login; the attachment is what knows the host. */
function keepLogin(
  secret: secretsmanager.Secret,
  attached: secretsmanager.ISecret,
  removalPolicy: RemovalPolicy,
): void {
  secret.applyRemovalPolicy(removalPolicy);
  attached.applyRemovalPolicy(removalPolicy);
}
