import type { VerifiedTemplate } from './verified-template';

/** What a verifier says of a template, by ids of its rules. */
export interface Verdict {
  readonly found: Set<string>;
  /** Rules that looked at it and found nothing. */
  readonly satisfied: Set<string>;
}

/** A rule whose findings are let pass in every template. */
export interface Exception {
  readonly rule: string;
  /** Its findings with these messages; all of them, if there is nothing here. */
  readonly messages?: RegExp;
  readonly reason: string;
}

/** A program that judges templates by rules of its own. */
export interface Verifier {
  readonly name: string;
  /** What the ids of its rules look like. */
  readonly rule: RegExp;
  readonly exceptions: Exception[];
  /** Judges all templates in one run; `python` has it installed. */
  verify(python: string, files: string[]): Map<string, Verdict>;
}

/** Fails unless a verifier found in a template what the workspace says, and no more. */
export function requireVerdict(verifier: Verifier, template: VerifiedTemplate, verdict: Verdict | undefined): void {
  if (!verdict) {
    throw new Error(`${verifier.name} must judge ${template.file}, but it knows no rule for what is in there`);
  }
  const own = (rules: string[]) => rules.filter((rule) => verifier.rule.test(rule));
  const found = own(template.found);
  const mistakes = {
    'found, but should not be': [...verdict.found].filter((rule) => !found.includes(rule)),
    'not found, but should be': found.filter((rule) => !verdict.found.has(rule)),
    'not satisfied, but should be': own(template.satisfied).filter((rule) => !verdict.satisfied.has(rule)),
  };
  const text = Object.entries(mistakes)
    .filter(([, rules]) => rules.length > 0)
    .map(([mistake, rules]) => `${mistake}: ${rules.join(', ')}`);
  if (text.length > 0) {
    throw new Error(`${text.join('; ')} (in ${template.file})`);
  }
}
