import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Result {
  readonly group: string;
  readonly name: string;
  readonly seconds: number;
  readonly failure?: string;
  readonly skipped?: string;
}

/** Results of checks: a line for each as it ends, JUnit's XML at the end. */
export class Report {
  private readonly results: Result[] = [];

  constructor(private readonly suite: string) {}

  /** Runs a check; returns whether it passed. */
  public async check(group: string, name: string, work: () => void | Promise<void>): Promise<boolean> {
    const start = Date.now();
    let failure: string | undefined;
    try {
      await work();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const seconds = (Date.now() - start) / 1000;
    this.results.push({ group, name, seconds, failure });
    console.log(
      `${group}: ${name}: ${failure === undefined ? 'passed' : `FAILED: ${failure}`} (${seconds.toFixed(1)} s)`,
    );
    return failure === undefined;
  }

  public skip(group: string, name: string, reason: string): void {
    this.results.push({ group, name, seconds: 0, skipped: reason });
    console.log(`${group}: ${name}: SKIPPED: ${reason}`);
  }

  /** Writes the XML, prints the sum as the last line, and makes the process fail when a check did. */
  public finish(file: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.xml());
    const failed = this.count('failure');
    const skipped = this.count('skipped');
    console.log(`${this.results.length - failed - skipped} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  }

  private count(outcome: 'failure' | 'skipped'): number {
    return this.results.filter((result) => result[outcome] !== undefined).length;
  }

  private xml(): string {
    const failures = this.count('failure');
    const skipped = this.count('skipped');
    const time = this.results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
    const totals = `tests="${this.results.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${time}"`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="${this.suite}" ${totals}>`,
      `  <testsuite name="${this.suite}" ${totals}>`,
      ...this.results.map(testcase),
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n');
  }
}

function testcase({ group, name, seconds, failure, skipped }: Result): string {
  const outcome =
    failure !== undefined
      ? `<failure>${escaped(failure)}</failure>`
      : skipped !== undefined
        ? `<skipped message="${escaped(skipped)}"/>`
        : '';
  return `    <testcase classname="${group}" name="${escaped(name)}" time="${seconds}">${outcome}</testcase>`;
}

/** As XML text; control characters, which XML cannot hold, are left out. */
function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '')
    .replaceAll(/[&<>"]/g, (character) => entities[character]);
}
