import { TimeZone, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from './validate';

/** Fails synthesis unless a time zone is one of the IANA's, as far as Node knows them. */
export function requireTimeZone(scope: IConstruct, prop: string, { timezoneName }: TimeZone): void {
  if (Token.isUnresolved(timezoneName)) return;
  // Intl takes 12 ms for its first answer: for zones that CDK does not know only
  if (Object.values(TimeZone).some((zone) => zone.timezoneName === timezoneName)) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezoneName });
  } catch {
    fail(scope, `'${prop}' must have a time zone of the IANA such as Europe/Berlin, got '${timezoneName}'`);
  }
}

/**
 * Fails synthesis unless an expression is `cron(…)` as EventBridge reads it.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function requireCron(scope: IConstruct, prop: string, expression: string): void {
  if (Token.isUnresolved(expression)) return;
  const [, inner] = /^cron\((.*)\)$/.exec(expression) ?? [];
  if (inner === undefined) fail(scope, `'${prop}' must be a cron expression, got '${expression}'`);
  const fields = inner.trim().split(/\s+/);
  if (fields.length !== 6) {
    fail(
      scope,
      `'${prop}' must have six fields (minute, hour, day of the month, month, day of the week, year), got ${fields.length} in '${expression}'`,
    );
  }
  if ((fields[2] === '?') === (fields[4] === '?')) {
    fail(scope, `'${prop}' must have '?' for either the day of the month or the day of the week, got '${expression}'`);
  }
}
