import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine, run } from '../repository/command';
import { builtWith, type Language, withoutValidation } from './language';

const PYTHON = '.venv/bin/python';

/** Prints the README inside the wheel, which holds the examples as jsii-rosetta translated them, and runs the first. */
const RUN_FIRST_EXAMPLE = `
import re, sys
from importlib.metadata import metadata
readme = metadata(sys.argv[1]).get_payload()
exec(compile(re.search(r"\`\`\`python\\n(.*?)\`\`\`", readme, re.DOTALL)[1], "README.md", "exec"))
`;

export const python: Language = {
  name: 'python',
  packaging: 'package-python',
  pinned: true,

  missingTool: async () => {
    const ready = await firstLine('python3', '-c', 'import ensurepip, venv, sys; print(sys.version_info >= (3, 10))');
    return ready === 'True' ? undefined : 'needs Python 3.10 or newer with venv: apt-get install python3-venv';
  },

  install: async (folder, packages) => {
    mkdirSync(folder);
    await run(folder, 'python3', ['-m', 'venv', '.venv']);
    const wheels = packages.map(({ wheel }) => wheel);
    const cdk = `aws-cdk-lib==${builtWith(packages, 'aws-cdk-lib')}`;
    // Compiling all of aws-cdk-lib would take most of the time.
    await run(folder, PYTHON, ['-m', 'pip', 'install', '--no-compile', '--disable-pip-version-check', ...wheels, cdk]);
  },

  synthesize: async (folder, library, outdir) => {
    await run(folder, join(folder, PYTHON), ['-c', RUN_FIRST_EXAMPLE, library.name], withoutValidation(outdir));
  },
};
