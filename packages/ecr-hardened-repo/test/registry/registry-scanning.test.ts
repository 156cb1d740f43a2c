import { App, NestedStack, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { RegistryScanning, RegistryScanType } from '../../src';
import { emptyStack } from '../fixtures';
import { refusal, refused } from './refusal';

const TYPE = 'AWS::ECR::RegistryScanningConfiguration';

function scanning(type: RegistryScanType): unknown {
  const stack = emptyStack();
  new RegistryScanning(stack, 'Scanning', { scanType: type });
  const [resource] = Object.values(Template.fromStack(stack).findResources(TYPE));
  return resource.Properties;
}

function rule(ScanFrequency: string, ...filters: string[]): unknown {
  return { ScanFrequency, RepositoryFilters: filters.map((Filter) => ({ Filter, FilterType: 'WILDCARD' })) };
}

describe('basic scanning', () => {
  test('looks at every image that is pushed', () => {
    expect(scanning(RegistryScanType.basic())).toEqual({ ScanType: 'BASIC', Rules: [rule('SCAN_ON_PUSH', '*')] });
  });

  test('looks only where a filter matches', () => {
    expect(scanning(RegistryScanType.basic({ scanOnPush: ['shop/*', 'web'] }))).toEqual({
      ScanType: 'BASIC',
      Rules: [rule('SCAN_ON_PUSH', 'shop/*', 'web')],
    });
  });
});

describe('enhanced scanning', () => {
  test('keeps looking at every image', () => {
    expect(scanning(RegistryScanType.enhanced())).toEqual({
      ScanType: 'ENHANCED',
      Rules: [rule('CONTINUOUS_SCAN', '*')],
    });
  });

  test('looks once where only scan on push is asked for', () => {
    expect(scanning(RegistryScanType.enhanced({ scanOnPush: ['*'] }))).toEqual({
      ScanType: 'ENHANCED',
      Rules: [rule('SCAN_ON_PUSH', '*')],
    });
  });

  test('keeps looking in some repositories and looks once in others', () => {
    expect(scanning(RegistryScanType.enhanced({ continuousScan: ['shop/*'], scanOnPush: ['tools/*'] }))).toEqual({
      ScanType: 'ENHANCED',
      Rules: [rule('CONTINUOUS_SCAN', 'shop/*'), rule('SCAN_ON_PUSH', 'tools/*')],
    });
  });
});

describe('a filter', () => {
  test.each([
    [RegistryScanType.basic({ scanOnPush: ['Shop'] }), 'scanOnPush', 'Shop'],
    [RegistryScanType.enhanced({ continuousScan: ['shop//web'] }), 'continuousScan', 'shop//web'],
    [RegistryScanType.enhanced({ scanOnPush: ['shop/'] }), 'scanOnPush', 'shop/'],
    [RegistryScanType.basic({ scanOnPush: ['a'.repeat(256)] }), 'scanOnPush', 'a'.repeat(256)],
  ])('fails when ECR does not take it', (type, prop, filter) => {
    expect(refusal((stack) => new RegistryScanning(stack, 'Scanning', { scanType: type }))).toEqual(
      refused(
        `'${prop}' must hold filters of lowercase letters, digits and '*', with single '.', '_', '-' or '/' between ` +
          `them, got '${filter}' [Test/Scanning]`,
      ),
    );
  });

  test.each([0, 101])('fails when there are %d of them', (count) => {
    const filters = Array.from({ length: count }, (_, index) => `team${index}/*`);

    expect(
      refusal(
        (stack) =>
          new RegistryScanning(stack, 'Scanning', { scanType: RegistryScanType.basic({ scanOnPush: filters }) }),
      ),
    ).toEqual(refused(`'scanOnPush' must hold 1 to 100 filters, got ${count} [Test/Scanning]`));
  });
});

describe('a second scanning configuration', () => {
  const environment = { account: '111122223333', region: 'eu-west-1' };

  function secondIn(first: StackProps, second: StackProps): () => void {
    const app = new App();
    new RegistryScanning(new Stack(app, 'First', first), 'Scanning', { scanType: RegistryScanType.basic() });
    const stack = new Stack(app, 'Second', second);
    return () => new RegistryScanning(stack, 'Scanning', { scanType: RegistryScanType.basic() });
  }

  test('fails in another stack of the same account and region', () => {
    expect(secondIn({ env: environment }, { env: environment })).toThrow(
      'RegistryScanning must be the only one of its account and region, got another one at First/Scanning: ' +
        'keep one of them [Second/Scanning]',
    );
  });

  test('fails beside one that is made by hand', () => {
    const stack = emptyStack();
    new ecr.CfnRegistryScanningConfiguration(stack, 'ByHand', { scanType: 'BASIC', rules: [] });

    expect(() => new RegistryScanning(stack, 'Scanning', { scanType: RegistryScanType.basic() })).toThrow(
      'RegistryScanning must be the only one of its account and region, got another one at Test/ByHand: ' +
        'keep one of them [Test/Scanning]',
    );
  });

  test('fails in a nested stack of a stack whose account is not known', () => {
    const stack = new Stack(new App(), 'Test');
    new RegistryScanning(new NestedStack(stack, 'Nested'), 'Scanning', { scanType: RegistryScanType.basic() });

    expect(() => new RegistryScanning(stack, 'Scanning', { scanType: RegistryScanType.basic() })).toThrow(
      'got another one at Test/Nested/Scanning: keep one of them [Test/Scanning]',
    );
  });

  test.each([
    ['region', { env: { ...environment, region: 'eu-central-1' } }],
    ['account', { env: { ...environment, account: '444455556666' } }],
    ['stack, where the account is not known', {}],
  ])('is made in another %s', (_, second) => {
    expect(secondIn({ env: environment }, second)).not.toThrow();
  });

  test('is made in another stack when neither account is known', () => {
    expect(secondIn({}, {})).not.toThrow();
  });
});
