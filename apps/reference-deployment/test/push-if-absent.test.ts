import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '..', 'push-if-absent.sh');
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'push-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A command that writes down how it was called and then does as told. */
function command(name: string, body: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

/** A repository that holds the digest in the file `image`, or nothing; and what a push does to it. */
function registry(push: string): void {
  command(
    'aws',
    `case "$*" in
      *describe-images*) cat "${folder}/image" 2>/dev/null || { echo "An error occurred (ImageNotFoundException)" >&2; exit 254; } ;;
      *describe-repositories*) echo 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web ;;
      *get-login-password*) echo password ;;
    esac`,
  );
  command('docker', `case "$1" in login) cat >/dev/null ;; push) ${push} ;; esac`);
}

function holds(digest: string): string {
  return `echo ${digest} >"${folder}/image"`;
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT, ...args], {
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  return { status, stdout, stderr };
}

function dockerCalls(): string[] {
  if (!existsSync(join(folder, 'calls'))) return [];
  return readFileSync(join(folder, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('docker'));
}

describe('push-if-absent.sh', () => {
  test('builds, logs in, pushes and prints the digest of a new tag', () => {
    registry(holds(DIGEST));

    expect(run('shop/web', 'v1.4.2', folder)).toMatchObject({ status: 0, stdout: `${DIGEST}\n` });
    const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:v1.4.2';
    expect(dockerCalls()).toEqual([
      `docker build --platform linux/amd64 --provenance=false --tag ${image} ${folder}`,
      'docker login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com',
      `docker push ${image}`,
    ]);
  });

  test('pushes nothing when the repository has the tag', () => {
    registry('exit 9');
    writeFileSync(join(folder, 'image'), `${DIGEST}\n`);

    const { status, stdout, stderr } = run('shop/web', 'v1.4.2', folder);
    expect([status, stdout]).toEqual([0, `${DIGEST}\n`]);
    expect(stderr).toContain('shop/web has v1.4.2 already: nothing is pushed.');
    expect(dockerCalls()).toEqual([]);
  });

  test('takes the image of another run that was faster', () => {
    registry(`${holds(OTHER)}; exit 1`);

    const { status, stdout, stderr } = run('shop/web', 'v1.4.2', folder);
    expect([status, stdout]).toEqual([0, `${OTHER}\n`]);
    expect(stderr).toContain('The push failed; looking whether another run has pushed v1.4.2.');
  });

  test('fails when the push failed and nobody else has pushed the tag', () => {
    registry('exit 1');

    const { status, stderr } = run('shop/web', 'v1.4.2', folder);
    expect(status).toBe(1);
    expect(stderr).toContain('FAILED: v1.4.2 was not pushed to shop/web');
  });

  test('fails and builds nothing when the repository does not answer', () => {
    registry(holds(DIGEST));
    command('aws', 'echo "An error occurred (AccessDeniedException)" >&2; exit 254');

    const { status, stdout, stderr } = run('shop/web', 'v1.4.2', folder);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      'FAILED: shop/web does not tell whether it has v1.4.2: An error occurred (AccessDeniedException)',
    );
    expect(dockerCalls()).toEqual([]);
  });

  test.each([
    [['shop/web'], 2, 'Usage: ./push-if-absent.sh REPOSITORY TAG [DIRECTORY]'],
    [['shop/web', 'v1/2'], 1, "FAILED: 'v1/2' is no tag: 1 to 128 letters, digits, '_', '.' and '-', such as v1.4.2"],
    [['shop/web', 'v1', '/nowhere'], 1, "FAILED: there is no Dockerfile in '/nowhere'"],
  ])('fails for %j', (args, status, message) => {
    registry(holds(DIGEST));

    const result = run(...args);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
    expect(dockerCalls()).toEqual([]);
  });
});
