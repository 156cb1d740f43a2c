import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import * as ts from 'typescript';

/**
 * Type declarations in a folder that none of those leads to which a user can import.
 *
 * @param entry the declarations that users import, in that folder
 */
export function unreachableTypes(folder: string, entry = 'index.d.ts'): string[] {
  const reached = new Set<string>();
  const open = [resolve(folder, entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    const text = ts.sys.readFile(file);
    if (text === undefined) throw new Error(`there is no ${relative(folder, file)} in ${folder}`);
    reached.add(file);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      const { resolvedModule } = ts.resolveModuleName(fileName, file, {}, ts.sys);
      if (resolvedModule) open.push(resolvedModule.resolvedFileName);
      else if (fileName.startsWith('.'))
        throw new Error(`there is no ${fileName}, which ${relative(folder, file)} imports`);
    }
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts') && !reached.has(resolve(folder, file)))
    .map((file) => join(folder, file))
    .sort();
}
