import type { Node } from 'constructs';
import { SiteProfile } from 'django-fargate-construct';

/** Wrong input, which needs no stack trace. */
export class ConfigError extends Error {}

/** Where visitors reach the site over HTTPS. */
export interface DomainConfig {
  readonly domainName: string;
  readonly hostedZoneId: string;
  readonly hostedZoneName: string;
  /** Certificate for CloudFront, in us-east-1. Undefined: visitors reach the load balancer itself. */
  readonly cloudFrontCertificateArn?: string;
}

/** Everything that differs from one deployment of this app to another. */
export interface Config {
  readonly profile: 'development' | 'production';
  /** Digest (`sha256:…`) or immutable tag of the image in the app's registry. */
  readonly image: string;
  /** Network and data in the site's stack, or in stacks of their own. */
  readonly stacks: 'together' | 'apart';
  /** Undefined: plain HTTP under the load balancer's own name. */
  readonly domain?: DomainConfig;
  readonly minTasks?: number;
  readonly maxTasks?: number;
  /** Address that alarms are sent to. */
  readonly alarmEmail?: string;
}

/** Sizes, prices and safety of all the parts. */
export function siteProfile({ profile }: Config): SiteProfile {
  return profile === 'production' ? SiteProfile.PRODUCTION : SiteProfile.DEVELOPMENT;
}

const KEYS = [
  'profile',
  'image',
  'stacks',
  'domainName',
  'hostedZoneId',
  'hostedZoneName',
  'cloudFrontCertificateArn',
  'minTasks',
  'maxTasks',
  'alarmEmail',
];

/** Reads the context once, and fails with what is wrong with it and how to put it right. */
export function readConfig(node: Node): Config {
  requireKnownKeys(node);
  const text = (key: string): string | undefined => {
    const value: unknown = node.tryGetContext(key);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const oneOf = <T extends string>(key: string, ...allowed: T[]): T => {
    const value = text(key) ?? allowed[0];
    const found = allowed.find((each) => each === value);
    if (!found) throw new ConfigError(`context '${key}' must be ${allowed.join(' or ')}, got '${value}'`);
    return found;
  };
  const profile = oneOf('profile', 'production', 'development');
  return {
    profile,
    image: readImage(text('image')),
    stacks: oneOf('stacks', 'together', 'apart'),
    domain: readCloudFront(
      readDomain(profile, text('domainName'), text('hostedZoneId'), text('hostedZoneName')),
      text('cloudFrontCertificateArn'),
    ),
    ...readTasks(text('minTasks'), text('maxTasks')),
    alarmEmail: readEmail(text('alarmEmail')),
  };
}

/** CDK's own keys have a colon or a slash in them, or are these; whatever else is there must be one of ours. */
function requireKnownKeys(node: Node): void {
  for (const key of Object.keys(node.getAllContext())) {
    if (!KEYS.includes(key) && !/[:/]/.test(key) && key !== 'tree') {
      throw new ConfigError(`context '${key}' is unknown; the app knows ${KEYS.join(', ')}`);
    }
  }
}

function readImage(image: string | undefined): string {
  const help = 'give a digest (-c image=sha256:<64 hexadecimal digits>) or an immutable tag (-c image=v1.4.2)';
  if (image === undefined) throw new ConfigError(`context 'image' is missing: ${help}`);
  if (image === 'latest')
    throw new ConfigError(`context 'image' must not be latest, which changes under a running service: ${help}`);
  const valid = image.startsWith('sha256:') ? /^sha256:[0-9a-f]{64}$/.test(image) : /^\w[\w.-]{0,127}$/.test(image);
  if (!valid) throw new ConfigError(`context 'image' is neither a digest nor a tag, got '${image}': ${help}`);
  return image;
}

function readDomain(profile: string, name?: string, zoneId?: string, zoneName?: string): DomainConfig | undefined {
  const given = [name, zoneId, zoneName].filter(Boolean).length;
  if (given === 0) {
    if (profile === 'development') return undefined;
    throw new ConfigError('the production profile requires HTTPS: give domainName, hostedZoneId and hostedZoneName');
  }
  if (!name || !zoneId || !zoneName) {
    throw new ConfigError(`context 'domainName', 'hostedZoneId' and 'hostedZoneName' go together, got ${given} of 3`);
  }
  if (name !== zoneName && !name.endsWith(`.${zoneName}`)) {
    throw new ConfigError(`context 'domainName' must be in the hosted zone '${zoneName}', got '${name}'`);
  }
  return { domainName: name, hostedZoneId: zoneId, hostedZoneName: zoneName };
}

function readCloudFront(domain: DomainConfig | undefined, arn: string | undefined): DomainConfig | undefined {
  if (arn === undefined) return domain;
  if (!domain) {
    throw new ConfigError("context 'cloudFrontCertificateArn' needs domainName, hostedZoneId and hostedZoneName");
  }
  if (!/^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/.test(arn)) {
    throw new ConfigError(
      `context 'cloudFrontCertificateArn' must be the ARN of a certificate in us-east-1 (arn:aws:acm:us-east-1:…), got '${arn}'`,
    );
  }
  return { ...domain, cloudFrontCertificateArn: arn };
}

function readTasks(min: string | undefined, max: string | undefined): Pick<Config, 'minTasks' | 'maxTasks'> {
  const [minTasks, maxTasks] = Object.entries({ minTasks: min, maxTasks: max }).map(([key, value]) => {
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,3}$/.test(value))
      throw new ConfigError(`context '${key}' must be a whole number of at least 1, got '${value}'`);
    return Number(value);
  });
  if (minTasks !== undefined && maxTasks !== undefined && maxTasks < minTasks) {
    throw new ConfigError(`context 'maxTasks' must be at least 'minTasks' (${minTasks}), got ${maxTasks}`);
  }
  return { minTasks, maxTasks };
}

function readEmail(address: string | undefined): string | undefined {
  if (address !== undefined && !/^[^@\s]+@[^@\s]+$/.test(address)) {
    throw new ConfigError(`context 'alarmEmail' must be an e-mail address, got '${address}'`);
  }
  return address;
}
