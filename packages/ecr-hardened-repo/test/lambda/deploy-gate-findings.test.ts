import type { ImageScanFindings } from '@aws-sdk/client-ecr';
import { findingsOf, judge } from '../../lambda/deploy-gate/findings';
import { FindingPolicy, type FindingPolicyOptions, FindingSeverity } from '../../src';
import { basic } from './gate-fixtures';

const TODAY = '2026-11-24';

function counting(scan: object, options?: FindingPolicyOptions, severity = FindingSeverity.CRITICAL, today = TODAY) {
  const policy = JSON.parse(FindingPolicy.failOn(severity, options)._toJson());
  return judge(findingsOf(scan as ImageScanFindings), policy, today);
}

const enhanced = (finding: object = {}, vulnerablePackages: object[] = [{ name: 'django', version: '5.0' }]) => ({
  enhancedFindings: [
    {
      severity: 'CRITICAL',
      packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-1', vulnerablePackages },
      ...finding,
    },
  ],
});

describe('the severity', () => {
  test.each([
    [FindingSeverity.CRITICAL, 1],
    [FindingSeverity.HIGH, 2],
    [FindingSeverity.MEDIUM, 3],
    [FindingSeverity.LOW, 4],
    [FindingSeverity.INFORMATIONAL, 5],
    [FindingSeverity.UNDEFINED, 6],
  ])('%s counts itself and what is worse', (severity, count) => {
    const findings = Object.values(FindingSeverity).map((each) => basic(`CVE-2026-${each}`, each));
    expect(counting({ findings }, {}, severity).counting).toHaveLength(count);
  });

  test.each(['APOCALYPTIC', undefined])('of a finding that is %s counts as the worst', (severity) => {
    expect(counting({ findings: [{ name: 'CVE-2026-1', severity }] }).counting).toHaveLength(1);
  });

  test('UNTRIAGED of enhanced scanning is UNDEFINED', () => {
    expect(counting(enhanced({ severity: 'UNTRIAGED' }), {}, FindingSeverity.INFORMATIONAL).counting).toEqual([]);
    expect(counting(enhanced({ severity: 'UNTRIAGED' }), {}, FindingSeverity.UNDEFINED).counting).toHaveLength(1);
  });
});

describe('a finding', () => {
  test('of basic scanning is shown with its package', () => {
    expect(counting({ findings: [basic('CVE-2026-1', 'CRITICAL')] }).counting).toEqual([
      'CVE-2026-1 CRITICAL in openssl 3.0.1',
    ]);
  });

  test('of enhanced scanning is shown for each package, with its fix', () => {
    const packages = [
      { name: 'django', version: '5.0', fixedInVersion: '5.0.1' },
      { name: 'sqlparse', fixedInVersion: 'NotAvailable' },
    ];
    expect(counting(enhanced({}, packages)).counting).toEqual([
      'CVE-2026-1 CRITICAL in django 5.0, fixed in 5.0.1',
      'CVE-2026-1 CRITICAL in sqlparse',
    ]);
  });

  test.each([
    [{ findings: [{ severity: 'CRITICAL' }] }, 'a finding without a name CRITICAL'],
    [{ enhancedFindings: [{ severity: 'CRITICAL', title: 'Bad thing' }] }, 'Bad thing CRITICAL'],
    [{ enhancedFindings: [{}] }, 'a finding without a name of unknown severity'],
  ])('counts however little is known of it: %j', (scan, text) => {
    expect(counting(scan).counting).toEqual([text]);
  });

  test('that several platforms have is shown once', () => {
    expect(
      counting({ findings: [basic('CVE-2026-1', 'CRITICAL'), basic('CVE-2026-1', 'CRITICAL')] }).counting,
    ).toHaveLength(1);
  });

  test.each([
    ['CLOSED', 0],
    ['ACTIVE', 1],
    ['SUPPRESSED', 1],
  ])('that is %s counts %d times', (status, count) => {
    expect(counting(enhanced({ status })).counting).toHaveLength(count);
  });
});

describe.each([
  ['onlyFixable', 'fixAvailable', { onlyFixable: true }],
  ['onlyExploitable', 'exploitAvailable', { onlyExploitable: true }],
])('%s', (_, field, options) => {
  test.each([
    ['NO', 0],
    ['YES', 1],
    ['PARTIAL', 1],
    [undefined, 1],
  ])(`makes an enhanced finding with ${field} %s count %d times`, (value, count) => {
    expect(counting(enhanced({ [field]: value }), options).counting).toHaveLength(count);
    expect(counting(enhanced({ [field]: value })).counting).toHaveLength(1);
  });

  test('lets no basic finding through, which does not say', () => {
    expect(counting({ findings: [basic('CVE-2026-1', 'CRITICAL')] }, options).counting).toHaveLength(1);
  });
});

describe('an accepted finding', () => {
  const scan = { findings: [basic('CVE-2026-1', 'CRITICAL')] };
  const accept = (expires: string, packageName?: string) => ({
    accept: [{ id: 'CVE-2026-1', reason: 'not reachable', expires, packageName }],
  });

  test('is let through until the end of its last day', () => {
    expect(counting(scan, accept(TODAY))).toEqual({
      counting: [],
      accepted: [{ id: 'CVE-2026-1', reason: 'not reachable', expires: TODAY }],
    });
  });

  test('counts from the next day on', () => {
    expect(counting(scan, accept(TODAY), FindingSeverity.CRITICAL, '2026-11-25')).toEqual({
      counting: ['CVE-2026-1 CRITICAL in openssl 3.0.1, accepted until 2026-11-24'],
      accepted: [],
    });
  });

  test.each([
    ['openssl', 0],
    ['libssl', 1],
  ])('of the package %s leaves %d findings of openssl', (packageName, count) => {
    expect(counting(scan, accept(TODAY, packageName)).counting).toHaveLength(count);
  });

  test('of one package counts for the others that have it', () => {
    const packages = [{ name: 'django' }, { name: 'sqlparse' }];
    expect(counting(enhanced({}, packages), accept(TODAY, 'django')).counting).toEqual([
      'CVE-2026-1 CRITICAL in sqlparse',
    ]);
  });

  test('is let through when one of its acceptances holds', () => {
    const both = { accept: [...accept('2026-01-31').accept, ...accept(TODAY, 'openssl').accept] };
    expect(counting(scan, both).counting).toEqual([]);
  });

  test('is not another one', () => {
    expect(counting({ findings: [basic('CVE-2026-11', 'CRITICAL')] }, accept(TODAY)).counting).toHaveLength(1);
  });
});
