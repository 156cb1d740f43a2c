import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { firstLine, run } from '../repository/command';
import { type ConstructPackage, REPOSITORY } from '../repository/construct-package';
import { builtWith, type Language, withoutValidation } from './language';

/** Maven's local repository, which packaging fills, too. Only one Maven at a time may use it. */
const LOCAL_REPOSITORY = join(REPOSITORY, '.cache', 'm2');

export const java: Language = {
  name: 'java',
  packaging: 'package-java',
  pinned: true,

  missingTool: async () => {
    const missing = [];
    for (const tool of ['javac', 'mvn']) {
      if (!(await firstLine(tool, '-version'))) {
        missing.push(tool);
      }
    }
    return missing.length > 0
      ? `needs ${missing.join(' and ')}: apt-get install default-jdk-headless maven`
      : undefined;
  },

  install: async (folder, packages) => {
    const sources = join(folder, 'src', 'main', 'java');
    mkdirSync(sources, { recursive: true });
    for (const library of packages) {
      const twin = library.twin('.java');
      copyFileSync(twin, join(sources, basename(twin)));
      forget(library);
    }
    writeFileSync(join(folder, 'pom.xml'), projectObjectModel(packages));
    await run(folder, 'mvn', [
      '--batch-mode',
      `-Dmaven.repo.local=${LOCAL_REPOSITORY}`,
      '-Dmdep.outputFile=classpath',
      'compile',
      'dependency:build-classpath',
    ]);
  },

  synthesize: async (folder, library, outdir) => {
    const classpath = readFileSync(join(folder, 'classpath'), 'utf8').trim();
    const main = basename(library.twin('.java'), '.java');
    const options = [`-Djava.io.tmpdir=${process.env.TMPDIR}`, '-classpath', `target/classes:${classpath}`];
    await run(folder, 'java', [...options, main], withoutValidation(outdir));
  },
};

/** Maven takes a version that it has for the same for ever, and every unreleased build is 0.0.0. */
function forget({ manifest }: ConstructPackage): void {
  const { groupId, artifactId } = manifest.jsii.targets.java.maven;
  rmSync(join(LOCAL_REPOSITORY, ...groupId.split('.'), artifactId), { recursive: true, force: true });
}

function projectObjectModel(packages: ConstructPackage[]): string {
  const repositories = packages.map(
    ({ name, mavenRepository }) => `<repository><id>${name}</id><url>file://${mavenRepository}</url></repository>`,
  );
  const dependency = (groupId: string, artifactId: string, version: string) =>
    `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  const libraries = packages.map(({ manifest, version }) => {
    const { groupId, artifactId } = manifest.jsii.targets.java.maven;
    return dependency(groupId, artifactId, version);
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>consumer</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <repositories>${repositories.join('')}</repositories>
  <dependencies>
    ${[...libraries, dependency('software.amazon.awscdk', 'aws-cdk-lib', builtWith(packages, 'aws-cdk-lib'))].join('\n    ')}
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.11.0</version></plugin>
      <plugin><artifactId>maven-dependency-plugin</artifactId><version>3.6.1</version></plugin>
    </plugins>
  </build>
</project>
`;
}
