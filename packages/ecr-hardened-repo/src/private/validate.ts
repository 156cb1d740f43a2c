import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';

/** ECR allows 50 rules in a policy; one of them is for untagged images. */
const MOST_PATTERNS = 49;

/** The image that runs, the one to roll back to, and the one that is pushed but not yet deployed. */
const FEWEST_RELEASES = 3;

/** Fails unless every pattern is one that ECR accepts and that can match an image which no pattern before it takes. */
export function requireTagPatterns(path: string, prop: string, patterns: string[]): void {
  if (patterns.length < 1 || patterns.length > MOST_PATTERNS) {
    throw new Error(`'${prop}' must hold 1 to ${MOST_PATTERNS} patterns, got ${patterns.length} [${path}]`);
  }
  const known = patterns.filter((pattern) => !Token.isUnresolved(pattern));
  known.forEach((pattern, index) => {
    if (!/^[A-Za-z0-9._*-]{1,128}$/.test(pattern)) {
      throw new Error(
        `'${prop}' must hold patterns of 1 to 128 letters, digits, '.', '_', '-' and '*', got '${pattern}' [${path}]`,
      );
    }
    if (pattern.split('*').length > 5) {
      throw new Error(`'${prop}' must hold patterns with at most four '*', got '${pattern}' [${path}]`);
    }
    const earlier = known.slice(0, index).find((other) => covers(other, pattern));
    if (earlier !== undefined) {
      throw new Error(
        `'${prop}' must hold no pattern that one before it covers, got '${pattern}' after '${earlier}': ` +
          `leave it out or put it first [${path}]`,
      );
    }
  });
}

/** Whether `wide` matches every tag that `narrow` matches. A `*` of `narrow` is only matched by one of `wide`. */
function covers(wide: string, narrow: string): boolean {
  const parts = wide.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`).test(narrow);
}

/** Fails unless `count` leaves the images that a service needs while it is being released. */
export function requireReleaseCount(path: string, prop: string, count: number): void {
  if (Token.isUnresolved(count) || (Number.isInteger(count) && count >= FEWEST_RELEASES)) {
    return;
  }
  throw new Error(
    `'${prop}' must be a whole number of at least ${FEWEST_RELEASES} (the image that runs, the one to roll back to, ` +
      `the one being deployed), got ${count} [${path}]`,
  );
}

/** Fails unless `age` is a whole number of days, ECR's only unit. */
export function requireWholeDays(path: string, prop: string, age: Duration): void {
  if (age.isUnresolved()) {
    return;
  }
  const days = age.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(`'${prop}' must be a whole number of days, at least 1, got ${age.toHumanString()} [${path}]`);
  }
}

/** Fails for a removal policy that a repository does not have. */
export function requireRemovalPolicy(path: string, prop: string, policy: RemovalPolicy): void {
  if (policy === RemovalPolicy.SNAPSHOT) {
    throw new Error(
      `'${prop}' must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT: ECR takes no snapshots [${path}]`,
    );
  }
}

/** Fails when a key is known to be in another region than the repository; ECR finds only keys of its own. */
export function requireSameRegion(path: string, prop: string, keyRegion: string, region: string): void {
  if (Token.isUnresolved(keyRegion) || Token.isUnresolved(region) || keyRegion === region) {
    return;
  }
  throw new Error(
    `'${prop}' must be a key of the repository's region ${region}, got one in ${keyRegion}: ` +
      `leave it out or make one there [${path}]`,
  );
}
