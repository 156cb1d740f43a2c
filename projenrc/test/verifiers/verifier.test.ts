import { requireVerdict, type Verifier } from '../../tools/verifiers/verifier';

const VERIFIER: Verifier = { name: 'checker', rule: /^CK_/, exceptions: [], verify: () => new Map() };

function judge(expected: { found?: string[]; satisfied?: string[] }, got: { found?: string[]; satisfied?: string[] }) {
  const template = {
    workspace: 'packages/site',
    name: 'a site',
    file: 'site.json',
    found: expected.found ?? [],
    satisfied: expected.satisfied ?? [],
  };
  const verdict = { found: new Set(got.found), satisfied: new Set(got.satisfied) };
  return () => requireVerdict(VERIFIER, template, verdict);
}

describe('a verdict', () => {
  test('passes with nothing found where nothing is expected', () => {
    expect(judge({}, { satisfied: ['CK_1'] })).not.toThrow();
  });

  test('passes with exactly the rules that are expected', () => {
    expect(
      judge({ found: ['CK_1', 'CK_2'], satisfied: ['CK_3'] }, { found: ['CK_2', 'CK_1'], satisfied: ['CK_3'] }),
    ).not.toThrow();
  });

  test('does not look at rules of other verifiers', () => {
    expect(judge({ found: ['OTHER_1'], satisfied: ['OTHER_2'] }, {})).not.toThrow();
  });

  test.each([
    ['more is found', {}, { found: ['CK_1'] }, 'found, but should not be: CK_1 (in site.json)'],
    ['less is found', { found: ['CK_1'] }, {}, 'not found, but should be: CK_1 (in site.json)'],
    ['a rule did not look', { satisfied: ['CK_1'] }, {}, 'not satisfied, but should be: CK_1 (in site.json)'],
    [
      'a satisfied rule finds something',
      { satisfied: ['CK_1'] },
      { found: ['CK_1'] },
      'found, but should not be: CK_1; not satisfied, but should be: CK_1 (in site.json)',
    ],
  ])('fails when %s', (_, expected, got, problem) => {
    expect(judge(expected, got)).toThrow(problem);
  });

  test('fails when the verifier did not judge the template at all', () => {
    const template = { workspace: 'w', name: 'n', file: 'site.json', found: [], satisfied: [] };

    expect(() => requireVerdict(VERIFIER, template, undefined)).toThrow(
      'checker must judge site.json, but it knows no rule for what is in there',
    );
  });
});
