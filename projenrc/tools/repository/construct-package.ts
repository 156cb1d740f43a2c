import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Root of the repository. */
export const REPOSITORY = resolve(__dirname, '..', '..', '..');

/** Folders of every package and app, from the root of the repository. */
export function workspaces(): string[] {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(REPOSITORY, parent)).map((name) => join(parent, name)),
  );
}

/** What package.json of a package says that its consumers need. */
interface Manifest {
  readonly name: string;
  readonly devDependencies: Record<string, string>;
  readonly jsii: {
    readonly targets: {
      readonly java: { readonly maven: { readonly groupId: string; readonly artifactId: string } };
      readonly go: { readonly moduleName: string };
    };
  };
}

/** A construct library of the repository, and what packaging left of it in `dist/`. */
export class ConstructPackage {
  /** Every package of the repository. */
  public static all(): ConstructPackage[] {
    const packages = join(REPOSITORY, 'packages');
    return readdirSync(packages).map((name) => new ConstructPackage(join(packages, name)));
  }

  public readonly name: string;
  public readonly manifest: Manifest;

  private constructor(public readonly folder: string) {
    this.manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    this.name = this.manifest.name;
  }

  public get tarball(): string {
    return this.onlyFile('js', '.tgz');
  }

  public get wheel(): string {
    return this.onlyFile('python', '.whl');
  }

  /** Folder in the layout of a Maven repository. */
  public get mavenRepository(): string {
    return this.dist('java');
  }

  /** Folder of the Go module. */
  public get goModule(): string {
    const [module] = readdirSync(this.dist('go'));
    return this.dist('go', module);
  }

  /** Version that was packed: 0.0.0, unless a release is being prepared. */
  public get version(): string {
    return this.tarball.slice(0, -'.tgz'.length).split(`/${this.name}-`)[1];
  }

  /** The one file of this package's example in another language, such as `.go`. */
  public twin(extension: string): string {
    const folder = join(__dirname, '..', 'consumers', 'twins', this.name);
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(extension)) : [];
    if (files.length !== 1) {
      throw new Error(`${folder} must hold one ${extension} file, the README's first example, got ${files.length}`);
    }
    return join(folder, files[0]);
  }

  private onlyFile(language: string, extension: string): string {
    const files = readdirSync(this.dist(language)).filter((file) => file.endsWith(extension));
    if (files.length !== 1) {
      throw new Error(`${this.dist(language)} must hold one ${extension} file, got ${files.length}`);
    }
    return this.dist(language, files[0]);
  }

  private dist(...path: string[]): string {
    const full = join(this.folder, 'dist', ...path);
    if (!existsSync(full)) {
      throw new Error(`${full} is missing: packaging should have made it`);
    }
    return full;
  }
}
