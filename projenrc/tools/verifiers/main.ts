/**
 * Runs the template verifiers that npm does not have on the templates that the workspaces give to be verified, and compares
 * what is found with what each workspace says: nothing on what it hands out, and exactly the rules named on the rest.
 * A workspace gives templates by a script `test/verified-templates.ts`, which writes them, and what to expect, to a folder.
 *
 * Usage: npx tsx projenrc/tools/verifiers/main.ts
 */
import { join } from 'node:path';
import { REPOSITORY } from '../repository/construct-package';
import { ensurePython } from '../repository/python-environment';
import { Report } from '../repository/report';
import { withWorkFolder } from '../repository/work-folder';
import { cfnLint } from './cfn-lint';
import { checkov } from './checkov';
import { synthesize, type VerifiedTemplate, verifiedWorkspaces } from './verified-template';
import { requireVerdict, type Verdict, type Verifier } from './verifier';

const CACHE = join(REPOSITORY, '.cache', 'verifiers');

const VERIFIERS: Verifier[] = [checkov, cfnLint];

async function main(): Promise<void> {
  const report = new Report('verifiers');
  const templates: VerifiedTemplate[] = [];
  for (const workspace of verifiedWorkspaces()) {
    await report.check('templates', workspace, () => {
      templates.push(...synthesize(workspace, CACHE));
    });
  }
  let python = '';
  const installed = await report.check('verifiers', 'install', () => {
    python = ensurePython(join(CACHE, 'venv'), join(__dirname, 'requirements.txt'));
  });
  for (const verifier of installed ? VERIFIERS : []) {
    for (const { rule, reason } of verifier.exceptions) {
      console.log(`${verifier.name}: ${rule} is let pass: ${reason}`);
    }
    let verdicts = new Map<string, Verdict>();
    const ran = await report.check(verifier.name, 'run', () => {
      if (templates.length === 0) {
        throw new Error('there must be templates to be verified, got none');
      }
      verdicts = verifier.verify(
        python,
        templates.map(({ file }) => file),
      );
    });
    for (const template of ran ? templates : []) {
      await report.check(verifier.name, `${template.workspace}: ${template.name}`, () =>
        requireVerdict(verifier, template, verdicts.get(template.file)),
      );
    }
  }
  report.finish(join(REPOSITORY, 'test-reports', 'verifiers.xml'));
}

// the verifiers leave caches in the temporary folder
withWorkFolder(main).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
