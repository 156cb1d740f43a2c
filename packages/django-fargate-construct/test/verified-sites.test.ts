import { readmeTable } from './fixtures';
import { VERIFIED_SITES } from './verified-sites';

describe('what checkov finds in the sites that are verified', () => {
  test('is explained in the README, and nothing else is', () => {
    const found = VERIFIED_SITES.flatMap((site) => site.found).filter((rule) => rule.startsWith('CKV'));
    const explained = readmeTable('checkov').flatMap(([rules]) => rules.split(', '));

    expect(explained.sort()).toEqual([...new Set(found)].sort());
  });
});
