import { roomOf } from './import-faults';
import type { SourceTree } from './rooms';
import type { SourceFile } from './source-imports';

/** Draws the rooms of a tree, top to bottom, and the imports between them as a Mermaid flowchart. */
export function picture(tree: SourceTree, files: SourceFile[]): string {
  const counts = new Map<string, number>();
  for (const { name, imports } of files) {
    for (const target of imports.filter((path) => files.some((file) => file.name === path))) {
      const [from, to] = [roomOf(tree, name), roomOf(tree, target)].map((room) => tree.rooms.indexOf(room ?? ''));
      if (from !== to) counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
    }
  }
  const arrows = [...counts]
    .map(([pair, count]) => [...pair.split(' ').map(Number), count])
    // every room leads to its shared/ one, and index to all: those arrows would hide the others
    .filter(([from, to]) => tree.rooms[from] !== 'index' && tree.rooms[to] !== 'shared/')
    .sort(([a, b], [c, d]) => a - c || b - d);
  return [
    '```mermaid',
    'flowchart TD',
    ...tree.rooms.map((room, index) => `  r${index}["${room}"]`),
    ...arrows.map(([from, to, count]) => `  r${from} -->|${count}| r${to}`),
    '```',
  ].join('\n');
}

/** Puts the pictures of the trees into a page, each between its own markers; fails when a marker is missing. */
export function withPictures(page: string, pictures: ReadonlyMap<string, string>): string {
  return [...pictures].reduce((text, [folder, drawn]) => {
    const [begin, end] = [`<!-- imports of ${folder} -->`, '<!-- end of imports -->'];
    const start = text.indexOf(begin);
    const stop = text.indexOf(end, start);
    if (start < 0 || stop < 0) throw new Error(`the page must have '${begin}' and '${end}' after it`);
    return `${text.slice(0, start + begin.length)}\n${drawn}\n${text.slice(stop)}`;
  }, page);
}
