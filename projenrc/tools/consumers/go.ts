import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { firstLine, run } from '../repository/command';
import { type Language, withoutValidation } from './language';

export const go: Language = {
  name: 'go',
  packaging: 'package-go',
  pinned: true,

  missingTool: async () => {
    const version = await firstLine('go', 'version');
    const [, minor] = /go1\.(\d+)/.exec(version ?? '') ?? [];
    return Number(minor) >= 25
      ? undefined
      : `needs Go 1.25 or newer, found ${version ?? 'none'}: see https://go.dev/dl`;
  },

  install: async (folder, packages) => {
    mkdirSync(folder);
    await run(folder, 'go', ['mod', 'init', 'consumer']);
    for (const library of packages) {
      const module = `${library.manifest.jsii.targets.go.moduleName}/${basename(library.goModule)}`;
      const required = `-require=${module}@v${library.version}`;
      await run(folder, 'go', ['mod', 'edit', required, `-replace=${module}=${library.goModule}`]);
      mkdirSync(join(folder, library.name));
      copyFileSync(library.twin('.go'), join(folder, library.name, 'main.go'));
    }
    await run(folder, 'go', ['mod', 'tidy']);
    await run(folder, 'go', ['build', '-o', 'bin/', './...']);
  },

  synthesize: async (folder, library, outdir) => {
    await run(folder, join(folder, 'bin', library.name), [], withoutValidation(outdir));
  },
};
