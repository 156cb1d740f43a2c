import { circles } from './circles';
import type { SourceTree } from './rooms';
import type { SourceFile } from './source-imports';

/** What breaks the rules on imports in one tree, a line each; nothing, when they are kept. */
export function importFaults(tree: SourceTree, files: SourceFile[], packages: readonly string[]): string[] {
  const known = new Set(files.map(({ name }) => name));
  return [
    ...placeFaults(tree, files),
    ...files.flatMap(({ name, imports }) => imports.flatMap((target) => importFault(tree, known, name, target))),
    ...files.flatMap((file) => packageFaults(file, packages)),
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

function importFault(tree: SourceTree, known: Set<string>, from: string, to: string): string[] {
  if (to.startsWith('..')) return [`${from} imports ${to}, which is outside ${tree.folder}`];
  if (!known.has(to)) return [];
  const [fromRoom, toRoom] = [from, to].map((name) => roomOf(tree, name));
  if (fromRoom === undefined || toRoom === undefined || fromRoom === toRoom) return [];
  if (to.startsWith(`${toRoom}private/`)) return [`${from} imports ${to}, which is private to ${toRoom}`];
  const up = tree.rooms.indexOf(toRoom) < tree.rooms.indexOf(fromRoom);
  return up ? [`${from} imports ${to}, which is above it`] : [];
}

/** Imports of the repository's own packages, whole or deep inside. */
function packageFaults(file: SourceFile, own: readonly string[]): string[] {
  return file.packages
    .filter((specifier) => own.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
    .map(
      (name) => `${file.name} imports the package ${name}: packages meet in an app, through the types of aws-cdk-lib`,
    );
}
