import { circles } from './circles';
import type { SourceTree } from './rooms';
import type { SourceFile } from './source-imports';

/** What breaks the rules on imports in one tree, a line each; nothing, when they are kept. */
export function importFaults(tree: SourceTree, files: SourceFile[], packages: readonly string[]): string[] {
  const known = new Set(files.map(({ name }) => name));
  return [
    ...placeFaults(tree, files),
    ...files.flatMap((file) => file.imports.flatMap((target) => importFault(tree, packages, known, file.name, target))),
    ...circles(files).map((names) => `${names.join(' and ')} import each other in a circle`),
  ];
}

/** The room that a file is in; undefined outside all of them. */
export function roomOf({ rooms }: SourceTree, name: string): string | undefined {
  return rooms.find((room) => room === name || (room.endsWith('/') && name.startsWith(room)));
}

/** Files outside every room, folders inside a room, and rooms that are empty. */
function placeFaults(tree: SourceTree, files: SourceFile[]): string[] {
  const used = new Set(files.map(({ name }) => roomOf(tree, name)));
  return [
    ...files.filter(({ name }) => !roomOf(tree, name)).map(({ name }) => `${name} is in no room`),
    ...files
      .filter(({ name }) => !/^([^/]+\/(private\/)?)?[^/]+$/.test(name))
      .map(({ name }) => `${name} is too deep: a room has no folder but private/`),
    ...tree.rooms.filter((room) => !used.has(room)).map((room) => `the room ${room} is empty`),
  ];
}

function importFault(
  tree: SourceTree,
  packages: readonly string[],
  known: Set<string>,
  from: string,
  to: string,
): string[] {
  const [named] = packages.filter((name) => to === name || to.startsWith(`${name}/`));
  if (named) return [`${from} imports the package ${to}: packages meet in an app, through the types of aws-cdk-lib`];
  if (to.startsWith('..')) return [`${from} imports ${to}, which is outside ${tree.folder}`];
  if (!known.has(to)) return [];
  const [fromRoom, toRoom] = [from, to].map((name) => roomOf(tree, name));
  if (fromRoom === undefined || toRoom === undefined || fromRoom === toRoom) return [];
  if (to.startsWith(`${toRoom}private/`)) return [`${from} imports ${to}, which is private to ${toRoom}`];
  const up = tree.rooms.indexOf(toRoom) < tree.rooms.indexOf(fromRoom);
  return up ? [`${from} imports ${to}, which is above it`] : [];
}
