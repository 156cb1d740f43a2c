/** Exit codes of a check. */
export const SHOWN = 0;
export const DIFFERENT = 1;
export const REFUSED = 2;
export const NOT_SHOWN = 3;
export const INTERRUPTED = 130;

/** What was asked for cannot be done; nothing was made. */
export class Refusal extends Error {}

/** The check could not be carried through, so it shows neither that things are as expected nor that they are not. */
export class NotShown extends Error {}

/** Somebody stopped the check. */
export class Interrupted extends Error {}

/** An error in one line. AWS's own name for it comes first, because the message alone is often empty. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  const text = name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
  // what `fetch` says is in the cause
  return cause instanceof Error && text !== cause.message ? `${text}: ${messageOf(cause)}` : text;
}
