import { Duration, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { kindOf } from './kind-of';
import { fail } from './validate';

/** A kind of value that a property takes. */
export interface Kind {
  /** What it is, with an article. */
  readonly what: string;
  is(value: unknown): boolean;
  /** Whether it may not be left out. */
  readonly needed?: boolean;
  /** Kinds of the properties within. */
  readonly within?: Record<string, Kind>;
}

/** A kind for every property of `T`. */
export type Kinds<T> = { readonly [Name in keyof Required<T>]: Kind };

/**
 * Fails synthesis when a property holds another kind of value than its own. TypeScript sees to that, while JavaScript, and
 * texts from files, end in an error from somewhere inside, or in a value that nobody looks at.
 */
export function requireKinds<T extends object>(scope: IConstruct, prefix: string, props: T, kinds: Kinds<T>): void {
  if (!OPTIONS.is(props)) fail(scope, `'${prefix || 'props'}' must be ${OPTIONS.what}, got ${kindOf(props)}`);
  for (const [name, kind] of Object.entries<Kind>(kinds)) {
    const value = (props as Record<string, unknown>)[name];
    if (value === undefined && !kind.needed) continue;
    if (!kind.is(value)) fail(scope, `'${prefix}${name}' must be ${kind.what}, got ${kindOf(value)}`);
    if (kind.within) requireKinds(scope, `${prefix}${name}.`, value as object, kind.within);
  }
}

/** The same kind, which may not be left out. */
export const needed = (kind: Kind): Kind => ({ ...kind, needed: true });

/** Something with these members, which texts and lists have not. */
export const having = (what: string, ...members: string[]): Kind => ({
  what,
  is: (value) => typeof value === 'object' && value !== null && members.every((member) => member in value),
});

export const TEXT: Kind = { what: 'a text', is: (value) => typeof value === 'string' };
export const NUMBER: Kind = { what: 'a number', is: (value) => typeof value === 'number' };
export const FLAG: Kind = { what: 'true or false', is: (value) => typeof value === 'boolean' };
export const DURATION = having('a Duration, such as Duration.seconds(30)', 'toSeconds', 'toDays');
/** An object of properties that are looked at elsewhere. */
export const OPTIONS: Kind = {
  what: 'an object of properties',
  is: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !(Array.isArray(value) || value instanceof Duration || Construct.isConstruct(value)),
};
export const TEXTS: Kind = {
  what: 'a list of texts',
  is: (value) => Token.isUnresolved(value) || (Array.isArray(value) && value.every(TEXT.is)),
};
export const LIST: Kind = { what: 'a list', is: Array.isArray };

/** An object of properties, each of its kind. */
export const options = <T>(within: Kinds<T>): Kind => ({ ...OPTIONS, within });

export const IMAGE = having('an ecs.ContainerImage, such as ecs.ContainerImage.fromEcrRepository()', 'bind');
export const LOGGING = having('an ecs.LogDriver, such as ecs.LogDrivers.awsLogs()', 'bind');
export const ARCHITECTURE = having('an ecs.CpuArchitecture', '_cpuArchitecture');
export const VPC = having('a VPC, such as ec2.Vpc.fromLookup()', 'vpcId', 'selectSubnets');
export const CLUSTER = having(
  'an ECS cluster, such as ecs.Cluster.fromClusterAttributes()',
  'clusterName',
  'clusterArn',
);
export const LISTENER = having('a listener of an application load balancer', 'listenerArn', 'connections');
export const LOAD_BALANCER = having('an application load balancer', 'loadBalancerArn', 'connections');
export const CERTIFICATE = having('a certificate, such as acm.Certificate.fromCertificateArn()', 'certificateArn');
export const SECRET = having('a secret of Secrets Manager', 'secretArn', 'grantRead');
export const KEY = having('a KMS key', 'keyArn', 'grantDecrypt');
export const QUEUE = having('an SQS queue', 'queueArn', 'grantSendMessages');
export const BUCKET = having('an S3 bucket', 'bucketArn', 'grantReadWrite');
export const SCHEDULE = having('a ScheduleExpression, such as ScheduleExpression.cron()', 'expressionString');
export const INSTANCE_TYPE = having('an ec2.InstanceType', 'isBurstable');
/** The options of the container of one process. */
export const CONTAINER = options<{ image?: unknown; environment?: unknown; secrets?: unknown }>({
  image: IMAGE,
  environment: OPTIONS,
  secrets: OPTIONS,
});
export const DOMAIN = having('a SiteDomain, such as SiteDomain.hostedZone()', '_bind');
export const PROFILE = having('a SiteProfile, such as SiteProfile.PRODUCTION', '_defaults');
