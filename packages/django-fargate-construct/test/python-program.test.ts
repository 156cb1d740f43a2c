import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonProgram } from '../src/python-program';

const FOLDER = join(__dirname, '..', 'python');
const PROGRAMS = readdirSync(FOLDER).filter((name) => name.endsWith('.py'));
const COMPARE =
  'import ast, sys; print(*(ast.dump(ast.parse(text)) == ast.dump(ast.parse(sys.argv[1])) for text in sys.argv[2:]))';

test.each(PROGRAMS)('%s is the same program without its comments', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const program = pythonProgram(file.replace('.py', ''));
  const compared = spawnSync('python3', ['-c', COMPARE, text, program], { encoding: 'utf8' });

  expect(program.length).toBeLessThan(text.length);
  expect(program).not.toMatch(/^\s*#/m);
  expect([compared.stdout, compared.stderr]).toEqual(['True\n', '']);
});
