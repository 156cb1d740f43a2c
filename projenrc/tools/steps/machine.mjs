import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What a build and the tests may leave in the repository; each is ignored by git. */
const MAY_STAY = ['.cache', '.nx', 'node_modules', 'lib', 'dist', 'cdk.out', 'test-reports'];
const MAY_STAY_FILES = /^(\.jsii(\.gz|\.tabl\.json)?|tsconfig\.tsbuildinfo)$/;
/** Variable that tells the processes of one run from all others. */
const MARK = 'TEST_RUN';
const PATIENCE_MS = 15_000;

/** Where aws-cdk-lib notes the hashes of assets; no variable moves it. */
const FINGERPRINTS = join(homedir(), '.cdk', 'cache', 'fingerprints');

/** The machine that a run of the tests has to leave as it was, but for `.cache`, `node_modules` and what a build makes. */
export class Machine {
  /**
   * @param {string} repository
   * @param {number} [patience] milliseconds that processes have to end when the last step has
   */
  constructor(repository, patience = PATIENCE_MS) {
    this.repository = repository;
    this.patience = patience;
    /** One folder for all temporary files. It is not below `.cache`: paths of sockets must be short. */
    this.temporary = mkdtempSync(join(tmpdir(), 'tests-'));
    this.fingerprints = list(FINGERPRINTS);
    this.shared = [tmpdir(), homedir()].map((folder) => ({ folder, before: list(folder) }));
  }

  /** Variables for everything that is started: temporary files, and caches of tools, have their place. */
  get environment() {
    const cache = join(this.repository, '.cache');
    return {
      ...process.env,
      TMPDIR: this.temporary,
      [MARK]: this.temporary,
      XDG_CACHE_HOME: join(cache, 'tools'),
      npm_config_cache: join(cache, 'npm'),
      CDK_HOME: join(cache, 'cdk'),
      GOPATH: join(cache, 'go'),
      PYTHONDONTWRITEBYTECODE: '1',
      NX_DAEMON: 'false',
      TSX_DISABLE_CACHE: '1',
    };
  }

  /** Says what is left: files, processes, changes of the repository; removes the temporary folder. Returns whether nothing is. */
  async leavesNothing() {
    const left = [
      ...list(this.temporary).map((name) => `temporary file: ${name}`),
      ...(await this.processes()).map((command) => `process: ${command}`),
      ...this.ignoredFiles().map((path) => `file in the repository: ${path}`),
    ];
    rmSync(this.temporary, { recursive: true, force: true });
    this.forgetFingerprints();
    for (const line of left) console.log(`left behind: ${line}`);
    for (const { folder, before } of this.shared) {
      const added = list(folder).filter((name) => !before.includes(name));
      if (added.length > 0) console.log(`new in ${folder}, by this run or by another program: ${added.join(' ')}`);
    }
    return left.length === 0;
  }

  /** Takes the notes of this run out of the user's cache, and the cache away when there was none. */
  forgetFingerprints() {
    for (const name of list(FINGERPRINTS)) {
      if (!this.fingerprints.includes(name)) rmSync(join(FINGERPRINTS, name), { force: true });
    }
    for (let folder = FINGERPRINTS; folder !== homedir() && isEmpty(folder); folder = dirname(folder))
      rmdirSync(folder);
  }

  /** Processes that this run has started: they have its mark in their environment. Some end a moment later. */
  async processes() {
    const deadline = Date.now() + this.patience;
    let found = ofEnvironment(`${MARK}=${this.temporary}`);
    while (found.length > 0 && Date.now() < deadline) {
      await wait(200);
      found = ofEnvironment(`${MARK}=${this.temporary}`);
    }
    return found;
  }

  /** Files that git ignores, though no build makes them. */
  ignoredFiles() {
    const status = execFileSync('git', ['status', '--porcelain', '--ignored=matching'], {
      cwd: this.repository,
      encoding: 'utf8',
    });
    const paths = [...status.matchAll(/^!! (.*)$/gm)].map(([, path]) => path);
    return paths.filter(
      (path) => !path.split('/').some((part) => MAY_STAY.includes(part)) && !MAY_STAY_FILES.test(basename(path)),
    );
  }
}

/** @param {string} folder */
function list(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** @param {string} folder */
function isEmpty(folder) {
  return existsSync(folder) && list(folder).length === 0;
}

/** @param {string} variable */
function ofEnvironment(variable) {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const ours = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
        return ours ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`] : [];
      } catch {
        return []; // it has ended, or is another user's
      }
    });
}
