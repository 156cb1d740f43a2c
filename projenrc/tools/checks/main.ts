/**
 * Lint, format, types and imports of both languages, in seconds: all that can be known without running a test.
 *
 * Usage: npm run check [-- --fix]
 *
 * With `--fix`, what the tools can mend is mended.
 */
import { join } from 'node:path';
import { run } from '../repository/command';
import { REPOSITORY } from '../repository/construct-package';
import { ensurePython } from '../repository/python-environment';
import { Report } from '../repository/report';
import { type Check, pythonChecks, typeScriptChecks } from './checks';

const PATH = `${join(REPOSITORY, 'node_modules', '.bin')}:${process.env.PATH}`;

async function main(fix: boolean): Promise<void> {
  const report = new Report('checks');
  const inTurn = async (language: string, checks: Check[]) => {
    for (const check of checks) {
      const [command, ...args] = (fix && check.fix) || check.command;
      await report.check(language, `${check.name} of ${check.folder}`, async () => {
        await run(join(REPOSITORY, check.folder), command, args, { PATH, TSX_DISABLE_CACHE: '1', NX_DAEMON: 'false' });
      });
    }
  };
  const python = async () => {
    let interpreter = '';
    const installed = await report.check('Python', 'ruff and mypy', () => {
      interpreter = ensurePython(join(REPOSITORY, '.cache', 'checks', 'venv'), join(__dirname, 'requirements.txt'));
    });
    await inTurn('Python', installed ? pythonChecks(REPOSITORY, interpreter) : []);
  };
  const typeScript = async () => {
    const { sources, types } = typeScriptChecks(REPOSITORY, Boolean(process.env.PACKAGES_COMPILED));
    await inTurn('TypeScript', sources);
    const half = Math.ceil(types.length / 2);
    await Promise.all([types.slice(0, half), types.slice(half)].map((checks) => inTurn('TypeScript', checks)));
  };
  await Promise.all([typeScript(), python()]);
  report.finish(join(REPOSITORY, 'test-reports', 'checks.xml'));
}

const unknown = process.argv.slice(2).filter((option) => option !== '--fix');
if (unknown.length > 0) {
  console.error(`npm run check takes --fix alone, got ${unknown.join(' ')}`);
  process.exitCode = 2;
} else {
  main(process.argv.includes('--fix')).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
