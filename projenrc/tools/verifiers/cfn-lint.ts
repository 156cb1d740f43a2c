import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Verdict, Verifier } from './verifier';

interface Finding {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

// Exits with 0 also when it finds something.
const OPTIONS = ['--format', 'json', '--non-zero-exit-code', 'none'];

const LONGEST_MINUTES = 5;

export const cfnLint: Verifier = {
  name: 'cfn-lint',
  rule: /^[EWI]\d{4}$/,
  exceptions: [
    {
      rule: 'W3005',
      reason: 'a dependency that a reference already makes; CDK writes one for everything below a construct',
    },
    {
      rule: 'W3691',
      messages: /^Engine version '\d+' for engine 'postgres' is deprecated/,
      reason: 'of a major version alone RDS takes a recent minor one; cfn-lint takes it for the oldest one',
    },
  ],

  verify: (python, files) => {
    const output = execFileSync(join(dirname(python), 'cfn-lint'), [...OPTIONS, '--', ...files], {
      // no settings of whoever runs the tests
      env: { PATH: process.env.PATH, HOME: dirname(files[0]), TMPDIR: tmpdir(), PYTHONUTF8: '1' },
      cwd: dirname(files[0]),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
      timeout: LONGEST_MINUTES * 60_000,
    });
    // It names findings only; a file that it cannot read is a finding, too.
    const verdicts = new Map<string, Verdict>(files.map((file) => [file, { found: new Set(), satisfied: new Set() }]));
    for (const { Filename, Rule, Message } of JSON.parse(output) as Finding[]) {
      const excepted = cfnLint.exceptions.some(
        ({ rule, messages }) => rule === Rule.Id && (!messages || messages.test(Message)),
      );
      if (!excepted) verdicts.get(Filename)!.found.add(Rule.Id);
    }
    return verdicts;
  },
};
