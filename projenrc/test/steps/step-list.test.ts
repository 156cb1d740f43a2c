import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from '../../tools/repository/construct-package';

const LIST = pathToFileURL(join(__dirname, '..', '..', 'tools', 'steps', 'step-list.mjs'));

/** Names of the chosen steps, or the error. */
function chosen(...names: string[]): string[] | string {
  const program = `
    import { chosen } from ${JSON.stringify(LIST)};
    try { console.log(JSON.stringify(chosen(process.argv.slice(1)).map(({ name }) => name))); }
    catch (error) { console.log(JSON.stringify(error.message)); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', ...names], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

test('without a name, every step', () => {
  expect(chosen()).toEqual([
    'install',
    'prepare',
    'compile',
    'emulator',
    'build',
    'consumers',
    'verifiers',
    'django',
    'check',
  ]);
});

test('a step comes with those that it needs, and with those that they need', () => {
  expect(chosen('consumers')).toEqual(['install', 'compile', 'build', 'consumers']);
  expect(chosen('django')).toEqual(['install', 'prepare', 'django']);
  expect(chosen('django', 'check')).toEqual(['install', 'prepare', 'compile', 'django', 'check']);
});

test('an unknown step is refused with the list of steps', () => {
  const message = chosen('djang', 'build');

  expect(message).toContain("there is no step 'djang'; the steps are\n  install    npm packages\n");
  expect(message).toContain('  django     the Django project with real services');
});

test('a result that nx keeps is that of a target which it has', () => {
  const program = `import { STEPS } from ${JSON.stringify(LIST)}; console.log(JSON.stringify(STEPS));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const kept = (JSON.parse(stdout) as { command: string[] }[]).flatMap(({ command }) =>
    command.flatMap((word) => /^repository:(.+)$/.exec(word)?.[1] ?? []),
  );
  const { nx } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

  expect(kept.sort()).toEqual(Object.keys(nx.targets).sort());
});
