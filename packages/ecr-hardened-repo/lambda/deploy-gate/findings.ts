import type { EnhancedImageScanFinding, ImageScanFinding, ImageScanFindings } from '@aws-sdk/client-ecr';

/** The policy as `FindingPolicy` hands it over. */
export interface Policy {
  readonly severity: string;
  readonly onlyFixable: boolean;
  readonly onlyExploitable: boolean;
  readonly accept: Acceptance[];
}

export interface Acceptance {
  readonly id: string;
  readonly reason: string;
  readonly expires: string;
  readonly packageName?: string;
}

/** A finding in one package. Basic scanning knows neither fix nor exploit. */
export interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly packageName?: string;
  readonly packageVersion?: string;
  readonly fixedIn?: string;
  readonly fixAvailable?: string;
  readonly exploitAvailable?: string;
}

/** Judgement of a policy on findings. */
export interface Judgement {
  /** Findings that stop the deployment, as text, the worst first. */
  readonly counting: string[];
  /** Findings that would, were they not accepted. */
  readonly accepted: Acceptance[];
}

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'];

/** 0 is the worst, and so is a severity that is missing or that nobody knew of when this was written. */
function rank(severity: string): number {
  return Math.max(SEVERITIES.indexOf(severity === 'UNTRIAGED' ? 'UNDEFINED' : severity), 0);
}

/** Findings of both kinds of scanning. */
export function findingsOf(scan: ImageScanFindings): Finding[] {
  return [...(scan.findings ?? []).map(basicFinding), ...(scan.enhancedFindings ?? []).flatMap(enhancedFindings)];
}

function basicFinding({ name, severity, attributes }: ImageScanFinding): Finding {
  const attribute = (wanted: string) => attributes?.find(({ key }) => key === wanted)?.value;
  return {
    id: name ?? 'a finding without a name',
    severity: severity ?? 'of unknown severity',
    packageName: attribute('package_name'),
    packageVersion: attribute('package_version'),
  };
}

function enhancedFindings(finding: EnhancedImageScanFinding): Finding[] {
  const { packageVulnerabilityDetails: details, severity, status, title, fixAvailable, exploitAvailable } = finding;
  if (status === 'CLOSED') return [];
  const packages = details?.vulnerablePackages?.length ? details.vulnerablePackages : [{}];
  return packages.map(({ name, version, fixedInVersion }) => ({
    id: details?.vulnerabilityId ?? title ?? 'a finding without a name',
    severity: severity ?? 'of unknown severity',
    packageName: name,
    packageVersion: version,
    fixedIn: fixedInVersion === 'NotAvailable' ? undefined : fixedInVersion,
    fixAvailable,
    exploitAvailable,
  }));
}

/** Judges findings as of `today`, a day such as `2027-03-31`. What a finding does not say never lets it through. */
export function judge(findings: Finding[], policy: Policy, today: string): Judgement {
  const counting = new Set<string>();
  const accepted = new Set<Acceptance>();
  const relevant = findings.filter(
    ({ severity, fixAvailable, exploitAvailable }) =>
      rank(severity) <= rank(policy.severity) &&
      !(policy.onlyFixable && fixAvailable === 'NO') &&
      !(policy.onlyExploitable && exploitAvailable === 'NO'),
  );
  for (const finding of relevant.sort((a, b) => rank(a.severity) - rank(b.severity) || (a.id < b.id ? -1 : 1))) {
    const acceptances = policy.accept.filter(
      ({ id, packageName }) => id === finding.id && (packageName === undefined || packageName === finding.packageName),
    );
    const valid = acceptances.find(({ expires }) => today <= expires);
    if (valid) accepted.add(valid);
    else counting.add(describe(finding, acceptances[0]));
  }
  return { counting: [...counting], accepted: [...accepted] };
}

function describe(finding: Finding, expired: Acceptance | undefined): string {
  const { id, severity, packageName, packageVersion, fixedIn } = finding;
  const where = packageName ? ` in ${[packageName, packageVersion].filter(Boolean).join(' ')}` : '';
  const fix = fixedIn ? `, fixed in ${fixedIn}` : '';
  const past = expired ? `, accepted until ${expired.expires}` : '';
  return `${id} ${severity}${where}${fix}${past}`;
}
