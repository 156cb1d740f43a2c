// Sums the test reports of every workspace and language, and the steps that brought none, into one line.
// Usage: node projenrc/tools/steps/sum-results.mjs NAME=OUTCOME ...
// An outcome is passed, failed, or a reason why the step was not run.
import { readFileSync } from 'node:fs';
import { reports } from './reports.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
for (const report of reports('.')) {
  const cases = readFileSync(report, 'utf8').match(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failed = cases.filter((text) => /<(?:failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  total.failed += failed;
  total.skipped += skipped;
  total.passed += cases.length - failed - skipped;
  console.log(`${report}: ${cases.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped`);
}

// A step that failed without a failed test in its report (it could not even start) must not go unseen.
for (const step of process.argv.slice(2)) {
  const [name, outcome] = step.split('=');
  console.log(`step ${name}: ${outcome}`);
  if (outcome === 'passed') total.passed += 1;
  if (outcome === 'failed' || outcome === 'interrupted') total.failed += 1;
}
if (total.skipped > 0) console.log(`${total.skipped} skipped: their reasons stand above`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
