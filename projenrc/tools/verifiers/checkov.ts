import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import type { Verdict, Verifier } from './verifier';

interface Check {
  readonly check_id: string;
  readonly file_abs_path: string;
}

interface Answer {
  readonly results: {
    readonly passed_checks: Check[];
    readonly failed_checks: Check[];
    readonly skipped_checks: Check[];
    readonly parsing_errors: string[];
  };
}

// Without the download of guidelines, checkov opens no connection; it exits with 0 also when it finds something.
const OPTIONS = ['--framework', 'cloudformation', '--skip-download', '--soft-fail', '--compact', '--output', 'json'];

const LONGEST_MINUTES = 5;

export const checkov: Verifier = {
  name: 'checkov',
  rule: /^CKV/,
  exceptions: [],

  verify: (python, files) => {
    const folder = dirname(files[0]);
    // CKV_AWS_45 looks for secrets in the template's path, too: let it be the same for everybody
    const names = files.map((file) => relative(folder, file));
    const output = execFileSync(python, ['-m', 'checkov.main', ...OPTIONS, '--file', ...names], {
      // neither settings nor credentials of whoever runs the tests
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpdir(), PYTHONUTF8: '1' },
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
      timeout: LONGEST_MINUTES * 60_000,
    });
    const { results } = JSON.parse(output) as Answer;
    if (!results || results.parsing_errors.length > 0) {
      throw new Error(`checkov must understand every template, got ${results?.parsing_errors.join(', ') ?? output}`);
    }
    const verdicts = new Map<string, Verdict>();
    const verdictOf = ({ file_abs_path }: Check) => {
      const file = resolve(folder, file_abs_path);
      const verdict = verdicts.get(file) ?? { found: new Set<string>(), satisfied: new Set<string>() };
      verdicts.set(file, verdict);
      return verdict;
    };
    for (const check of results.passed_checks) {
      verdictOf(check).satisfied.add(check.check_id);
    }
    // A check that the template itself asks to skip has still found something.
    for (const check of [...results.failed_checks, ...results.skipped_checks]) {
      verdictOf(check).found.add(check.check_id);
    }
    return verdicts;
  },
};
