import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Folders for reports of tests, of the root and of each workspace, whether they exist or not.
 * @param {string} repository
 */
function folders(repository) {
  const workspaces = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(repository, folder)).map((name) => join(folder, name)),
  );
  return ['.', ...workspaces].map((folder) => join(folder, 'test-reports'));
}

/**
 * Paths of the reports, from the root of the repository.
 * @param {string} repository
 */
export function reports(repository) {
  return folders(repository)
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => readdirSync(join(repository, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.xml'));
}

/**
 * Removes the reports of before, which are no result of this run; those that nx keeps come back with their step.
 * @param {string} repository
 */
export function forgetReports(repository) {
  for (const folder of folders(repository)) rmSync(join(repository, folder), { recursive: true, force: true });
}
