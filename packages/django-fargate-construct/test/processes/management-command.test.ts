import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardedCommand } from '../../src/processes/private/management-command';

/** A stand-in for Django: its database answers to the lock what the test says, and tells what it was asked. */
const DATABASE = `
import sys
class Cursor:
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def execute(self, statement, values): print("asked", statement, values, file=sys.stderr)
    def fetchone(self): return (FREE,)
class Driver:
    def cursor(self): return Cursor()
class Connection:
    vendor = "VENDOR"
    connection = None
    def ensure_connection(self): self.connection = Driver()
class connections:
    @staticmethod
    def create_connection(alias):
        print("connected", alias, file=sys.stderr)
        return Connection()
`;
const MANAGE = `
import os, sys, time
if __name__ == "__main__":
    print("ran", *sys.argv, "in", os.getpid(), flush=True)
    if sys.argv[1] == "hang": time.sleep(60)
    if sys.argv[1] == "fail": sys.exit(3)
`;

describe('guarded management command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (command: string[], { lock = '42', seconds = 30, free = true, vendor = 'postgresql' } = {}) => {
    mkdirSync(join(folder, 'django'), { recursive: true });
    writeFileSync(join(folder, 'django', '__init__.py'), '');
    const database = DATABASE.replace('FREE', free ? 'True' : 'False').replace('VENDOR', vendor);
    writeFileSync(join(folder, 'django', 'db.py'), database);
    writeFileSync(join(folder, 'manage.py'), MANAGE);
    const [, ...words] = guardedCommand(command, seconds, lock);
    const env = { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' };
    return spawnSync('python3', words, { cwd: folder, encoding: 'utf8', env });
  };

  test('takes its lock on a connection of its own, then runs manage.py in the same process', () => {
    const done = run(['report', '--days', '7']);

    expect(done.stderr).toBe('connected default\nasked SELECT pg_try_advisory_lock(%s) [42]\n');
    expect(done.stdout).toBe(`ran manage.py report --days 7 in ${done.pid}\n`);
    expect(done.status).toBe(0);
  });

  test('is skipped, without an error, while another run has the lock', () => {
    const done = run(['report'], { free: false });

    expect([done.status, done.stdout]).toEqual([0, 'skipped, the run before has not ended: report\n']);
  });

  test('asks no database when runs may overlap', () => {
    const done = run(['report'], { lock: '' });

    expect([done.status, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toMatch(/^ran manage.py report/);
  });

  test('fails before it runs where there is no advisory lock', () => {
    const done = run(['report'], { vendor: 'mysql' });

    expect([done.status, done.stdout]).toEqual([1, '']);
    expect(done.stderr).toContain('no overlap can be kept on mysql: it takes PostgreSQL, or allowOverlap');
  });

  test('fails with the exit code of the command', () => {
    expect(run(['fail']).status).toBe(3);
  });

  test('fails when its time is over, and says where it was', () => {
    const done = run(['hang'], { seconds: 1 });

    expect(done.status).toBe(1);
    expect(done.stderr).toMatch(/Timeout \(0:00:01\)![\s\S]*manage\.py", line 5/);
  });
});
