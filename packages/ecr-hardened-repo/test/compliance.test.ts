import type { Stack } from 'aws-cdk-lib';
import { cdkNag, controlTower } from './engines';
import { emptyStack } from './fixtures';
import { securityHub, trivy } from './ports';
import { type Engine, rulesOf } from './posture';
import { SUBJECTS } from './subjects';

/** What runs here. checkov is no npm package: projenrc/tools/verifiers runs it, on these subjects and with these rules. */
const RUNS: [string, Engine, (stack: Stack) => string[]][] = [
  ['cdk-nag', 'cdk-nag', cdkNag],
  ['the guard rules of Control Tower', 'Control Tower', controlTower],
  ['the port of Security Hub', 'Security Hub', securityHub],
  ['the port of Trivy', 'Trivy', trivy],
];

// CDK prints what it and the engines report
beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());

describe.each(RUNS)('%s', (_, engine, run) => {
  test.each(SUBJECTS)('finds what it should, and no more, in $name', ({ make, found }) => {
    const stack = emptyStack();
    make(stack);

    expect(run(stack).sort()).toEqual(rulesOf(engine, found).sort());
  });
});
