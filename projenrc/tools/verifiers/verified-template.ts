import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, workspaces } from '../repository/construct-package';

const SCRIPT = join('test', 'verified-templates.ts');

/** A template of a workspace, and what the workspace says that the verifiers find in it. */
export interface VerifiedTemplate {
  readonly workspace: string;
  readonly name: string;
  readonly file: string;
  /** Rules, of any verifier, that find something: these, and no others. */
  readonly found: string[];
  /** Rules that have to look at it and find nothing. */
  readonly satisfied: string[];
}

/** Folders of the workspaces that have templates to be verified. */
export function verifiedWorkspaces(): string[] {
  return workspaces().filter((workspace) => existsSync(join(REPOSITORY, workspace, SCRIPT)));
}

/** Synthesizes the templates of a workspace into a folder of its own below `cache`, where they stay to be looked at. */
export function synthesize(workspace: string, cache: string): VerifiedTemplate[] {
  const folder = join(cache, 'templates', workspace);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const script = join(REPOSITORY, workspace, SCRIPT);
  execFileSync(process.execPath, ['--import', 'tsx', script, folder], {
    cwd: REPOSITORY,
    env: { ...process.env, CDK_VALIDATION: 'true', TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    template: string;
    name: string;
    found: string[];
    satisfied?: string[];
  }[];
  return expected.map(({ template, name, found, satisfied }) => ({
    workspace,
    name,
    file: join(folder, template),
    found,
    satisfied: satisfied ?? [],
  }));
}
