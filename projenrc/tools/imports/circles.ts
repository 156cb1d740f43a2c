import type { SourceFile } from './source-imports';

/** Groups of files of which each reaches every other by imports (Tarjan's strongly connected components). */
export function circles(files: SourceFile[]): string[][] {
  const imports = new Map(files.map(({ name, imports }) => [name, imports]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];

  const visit = (name: string) => {
    index.set(name, index.size);
    low.set(name, index.get(name)!);
    open.push(name);
    for (const target of imports.get(name)!.filter((target) => imports.has(target))) {
      if (!index.has(target)) visit(target);
      if (open.includes(target)) low.set(name, Math.min(low.get(name)!, low.get(target)!));
    }
    if (low.get(name) !== index.get(name)) return;
    const group = open.splice(open.indexOf(name));
    if (group.length > 1 || imports.get(name)!.includes(name)) found.push(group);
  };
  for (const name of imports.keys()) {
    if (!index.has(name)) visit(name);
  }
  return found;
}
