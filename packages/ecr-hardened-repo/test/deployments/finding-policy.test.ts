import { Lazy } from 'aws-cdk-lib';
import { type AcceptedFinding, FindingPolicy, FindingSeverity } from '../../src';

const ACCEPTED = { id: 'CVE-2025-12345', reason: 'not reachable', expires: '2027-03-31' };
const policy = (...accept: AcceptedFinding[]) => FindingPolicy.failOn(FindingSeverity.HIGH, { accept });

describe('a finding policy', () => {
  test('lets nothing through by default', () => {
    expect(JSON.parse(FindingPolicy.failOn(FindingSeverity.CRITICAL)._toJson())).toEqual({
      severity: 'CRITICAL',
      onlyFixable: false,
      onlyExploitable: false,
      accept: [],
    });
  });

  test('hands over what it was given', () => {
    const options = { onlyFixable: true, onlyExploitable: true, accept: [{ ...ACCEPTED, packageName: 'openssl' }] };
    expect(JSON.parse(FindingPolicy.failOn(FindingSeverity.UNDEFINED, options)._toJson())).toEqual({
      severity: 'UNDEFINED',
      ...options,
    });
  });

  test('takes a day in the past, so that an old app can still be synthesized', () => {
    expect(() => policy({ ...ACCEPTED, expires: '2001-01-31' })).not.toThrow();
  });

  test.each(['2028-02-29', '2027-12-31'])('takes the day %s', (expires) => {
    expect(() => policy({ ...ACCEPTED, expires })).not.toThrow();
  });

  test('takes one finding for several packages', () => {
    expect(() =>
      policy(ACCEPTED, { ...ACCEPTED, packageName: 'openssl' }, { ...ACCEPTED, packageName: 'libssl3' }),
    ).not.toThrow();
  });

  test('takes values that are known only later', () => {
    const later = Lazy.string({ produce: () => 'x' });
    expect(() => policy({ id: later, reason: later, expires: later })).not.toThrow();
  });

  test.each(['', 'CVE 2025', 'CVE-2025-1,CVE-2025-2'])("fails for the id '%s'", (id) => {
    expect(() => policy({ ...ACCEPTED, id })).toThrow(
      `'accept' must name each finding by its id, such as CVE-2025-12345, got '${id}'`,
    );
  });

  test.each(['', ' '])("fails for the reason '%s'", (reason) => {
    expect(() => policy({ ...ACCEPTED, reason })).toThrow(
      "'accept' must say why each finding may stay, got no reason for CVE-2025-12345",
    );
  });

  test.each(['2027-02-29', '2027-13-01', '31.03.2027', '2027-3-31', '2027-03-31T00:00:00Z', ''])(
    "fails for the day '%s'",
    (expires) => {
      expect(() => policy({ ...ACCEPTED, expires })).toThrow(
        `'accept' must say by a date such as 2027-03-31 when each finding expires, got '${expires}' for CVE-2025-12345`,
      );
    },
  );

  test.each([
    [ACCEPTED, 'CVE-2025-12345'],
    [{ ...ACCEPTED, packageName: 'openssl' }, 'CVE-2025-12345 of openssl'],
  ])('fails for a finding that is accepted twice: %j', (finding, name) => {
    expect(() => policy(finding, { ...finding, expires: '2028-01-31' })).toThrow(
      `'accept' must hold each finding once, got ${name} twice`,
    );
  });
});
