import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RegistryReplication, ReplicationDestination, type ReplicationRule } from '../../src';
import { emptyStack } from '../fixtures';
import { refusal, refused } from './refusal';

const ELSEWHERE = ReplicationDestination.region('eu-central-1');

function rulesOf(stack: Stack, ...rules: ReplicationRule[]): unknown {
  new RegistryReplication(stack, 'Replication', { rules });
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::ECR::ReplicationConfiguration'));
  return resource.Properties.ReplicationConfiguration.Rules;
}

function refusedRules(...rules: ReplicationRule[]) {
  return refusal((stack) => new RegistryReplication(stack, 'Replication', { rules }));
}

describe('replication', () => {
  test('copies every repository to a region of the same account', () => {
    expect(rulesOf(emptyStack(), { destinations: [ELSEWHERE] })).toEqual([
      { Destinations: [{ RegistryId: '111122223333', Region: 'eu-central-1' }] },
    ]);
  });

  test('copies the repositories with a prefix to another account, which may be in the same region', () => {
    expect(
      rulesOf(emptyStack(), {
        destinations: [ReplicationDestination.account('444455556666', 'eu-west-1')],
        repositoryPrefixes: ['shop/', 'web'],
      }),
    ).toEqual([
      {
        Destinations: [{ RegistryId: '444455556666', Region: 'eu-west-1' }],
        RepositoryFilters: [
          { Filter: 'shop/', FilterType: 'PREFIX_MATCH' },
          { Filter: 'web', FilterType: 'PREFIX_MATCH' },
        ],
      },
    ]);
  });

  test('names the account at deployment when it is not known before', () => {
    expect(rulesOf(new Stack(new App(), 'Test'), { destinations: [ELSEWHERE] })).toEqual([
      { Destinations: [{ RegistryId: { Ref: 'AWS::AccountId' }, Region: 'eu-central-1' }] },
    ]);
  });

  test.each([
    ['region', ReplicationDestination.region('eu-west-1')],
    ['account and region', ReplicationDestination.account('111122223333', 'eu-west-1')],
  ])('fails to its own %s', (_, destination) => {
    expect(refusedRules({ destinations: [destination] })).toEqual(
      refused(
        `'destinations' must be other registries than the source, got eu-west-1 of the same account: ` +
          'name another region or account [Test/Replication]',
      ),
    );
  });

  test.each(['eu-central', 'EU-CENTRAL-1', ''])("fails to the region '%s'", (region) => {
    expect(refusedRules({ destinations: [ReplicationDestination.region(region)] })).toEqual(
      refused(`'region' must be a region such as eu-west-1, got '${region}' [Test/Replication]`),
    );
  });

  test('fails to what is no account', () => {
    expect(refusedRules({ destinations: [ReplicationDestination.account('4444', 'eu-central-1')] })).toEqual(
      refused("'accountId' must be an account id of 12 digits, got '4444' [Test/Replication]"),
    );
  });

  test.each(['Shop', 'a', '/shop', 'shop//web'])("fails for the prefix '%s'", (prefix) => {
    expect(refusedRules({ destinations: [ELSEWHERE], repositoryPrefixes: [prefix] })).toEqual(
      refused(
        "'repositoryPrefixes' must hold prefixes of 2 to 256 lowercase letters, digits, '.', '_', '-' and '/', " +
          `got '${prefix}' [Test/Replication]`,
      ),
    );
  });

  test('fails without rules, destinations or prefixes, or with too many', () => {
    const accounts = Array.from({ length: 26 }, (_, index) => String(100000000000 + index));
    const rules = accounts.map((account) => ({ destinations: [ReplicationDestination.account(account, 'eu-west-1')] }));
    const message = (text: string, got: number) => refused(`${text}, got ${got} [Test/Replication]`);

    expect(refusedRules()).toEqual(message("'rules' must hold 1 to 25 rules", 0));
    expect(refusedRules(...rules)).toEqual(message("'rules' must hold 1 to 25 rules", 26));
    expect(refusedRules({ destinations: [] })).toEqual(message("'destinations' must hold 1 to 25 destinations", 0));
    expect(
      refusedRules({ destinations: rules.slice(0, 13).flatMap((rule) => rule.destinations) }, ...rules.slice(13)),
    ).toEqual(message("'rules' must hold 1 to 25 different destinations", 26));
    expect(refusedRules({ destinations: [ELSEWHERE], repositoryPrefixes: [] })).toEqual(
      message("'repositoryPrefixes' must hold 1 to 100 prefixes", 0),
    );
  });

  test('fails beside another one of the same account and region', () => {
    const stack = emptyStack();
    rulesOf(stack, { destinations: [ELSEWHERE] });

    expect(() => new RegistryReplication(stack, 'Second', { rules: [{ destinations: [ELSEWHERE] }] })).toThrow(
      'RegistryReplication must be the only one of its account and region, got another one at Test/Replication: ' +
        'keep one of them [Test/Second]',
    );
  });
});
