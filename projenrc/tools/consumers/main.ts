/**
 * Packs the packages, installs them as another team would, in new projects outside the workspace, and runs the first
 * example of each README there: in TypeScript and Python as it is printed, in Java and Go as its twin in `twins/`. All
 * languages have to make the template that TypeScript makes, byte for byte.
 *
 * Usage: npx tsx projenrc/tools/consumers/main.ts [--packed] [LANGUAGE | PACKAGE]...
 *
 * With `--packed` nothing is packed: what `npx projen release:all` left in `dist/` is installed.
 */
import { join } from 'node:path';
import { run } from '../repository/command';
import { ConstructPackage, REPOSITORY } from '../repository/construct-package';
import { Report } from '../repository/report';
import { requireTarballFiles } from '../repository/tarball';
import { withWorkFolder } from '../repository/work-folder';
import { go } from './go';
import { java } from './java';
import type { Language } from './language';
import { python } from './python';
import { requireSameTemplate, type Template, theTemplate } from './template';
import { typescript, typescriptNewest } from './typescript';

const LANGUAGES: Language[] = [typescript, typescriptNewest, python, java, go];

const PACKED = '--packed';

/** Makes the packages of a language. */
type Pack = (language: Language, packages: ConstructPackage[]) => Promise<void>;

async function main(args: string[]): Promise<void> {
  const names = args.filter((name) => name !== PACKED);
  const pack: Pack = args.includes(PACKED) ? async () => {} : makePackages;
  const all = ConstructPackage.all();
  const unknown = names.find((name) => ![...LANGUAGES, ...all].some((known) => known.name === name));
  if (unknown) {
    const known = [...LANGUAGES, ...all].map(({ name }) => name).join(', ');
    throw new Error(`arguments must be languages or packages, got '${unknown}': choose from ${known}`);
  }
  const chosen = <T extends { name: string }>(list: T[]) => {
    const matches = list.filter(({ name }) => names.includes(name));
    return matches.length > 0 ? matches : list;
  };
  const packages = chosen(all);
  const report = new Report('consumers');
  await withWorkFolder(async (folder) => {
    const packed = await report.check('tarball', 'package', () => pack(typescript, packages));
    for (const library of packed ? packages : []) {
      await report.check('tarball', library.name, () => requireTarballFiles(library));
    }
    const expected = new Map<string, Template>();
    // TypeScript always runs, because the others are compared with it.
    for (const language of new Set([typescript, ...chosen(LANGUAGES)])) {
      await consume(language, packages, pack, join(folder, language.name), expected, report);
    }
  });
  report.finish(join(REPOSITORY, 'test-reports', 'consumers.xml'));
}

/** Installs all packages in one project of a language, then runs one example after the other. */
async function consume(
  language: Language,
  packages: ConstructPackage[],
  pack: Pack,
  folder: string,
  expected: Map<string, Template>,
  report: Report,
): Promise<void> {
  const missing = await language.missingTool();
  if (missing) {
    for (const library of packages) {
      report.skip(language.name, library.name, missing);
    }
    return;
  }
  // The tarballs are there already.
  const packed =
    language.packaging === typescript.packaging ||
    (await report.check(language.name, 'package', () => pack(language, packages)));
  const installed = packed && (await report.check(language.name, 'install', () => language.install(folder, packages)));
  for (const library of installed ? packages : []) {
    await report.check(language.name, library.name, async () => {
      const outdir = join(folder, 'out', library.name);
      await language.synthesize(folder, library, outdir);
      const template = theTemplate(outdir);
      if (language === typescript) {
        expected.set(library.name, template);
      } else if (language.pinned) {
        requireSameTemplate(template, expected.get(library.name));
      }
    });
  }
}

/** Makes the packages of a language, which takes no time when nothing changed since the last time. */
async function makePackages(language: Language, packages: ConstructPackage[]): Promise<void> {
  const projects = packages.map(({ name }) => name).join(',');
  const first = process.env.PACKAGES_COMPILED ? ['--exclude-task-dependencies'] : [];
  await run(REPOSITORY, 'npx', ['nx', 'run-many', '--targets', language.packaging, '--projects', projects, ...first]);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
