/** What a service of AWS asks of a resource. */
export interface Request {
  readonly service: string;
  readonly action: string;
  readonly context: Record<string, string>;
}

type Conditions = Record<string, Record<string, unknown>>;

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | Record<string, unknown>;
  readonly Action: string | string[];
  readonly Condition?: Conditions;
}

/** Why a resource's policy refuses a request; undefined when it does not. The part of IAM's language that topics and keys use here. */
export function refusal(policy: object, request: Request): string | undefined {
  const { Statement } = policy as { Statement: Statement[] };
  const fitting = Statement.filter((statement) => fits(statement, request));
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return fitting.some(({ Effect }) => Effect === 'Allow') ? undefined : 'not allowed';
}

function fits({ Principal, Action, Condition = {} }: Statement, { service, action, context }: Request): boolean {
  const services = Principal === '*' ? ['*'] : [Principal.Service, Principal.AWS === '*' ? '*' : undefined].flat();
  if (!services.some((one) => one === '*' || one === service)) return false;
  if (![Action].flat().some((pattern) => matches(pattern, action))) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, value]) => holds(operator, value, context[key])),
  );
}

function matches(pattern: string, action: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
}

function holds(operator: string, expected: unknown, actual: string | undefined): boolean {
  if (operator === 'StringEquals') return actual === expected;
  if (operator === 'StringNotEquals') return actual !== expected;
  // services of AWS call each other over TLS
  if (operator === 'Bool') return (actual ?? 'true') === expected;
  throw new Error(`this evaluation does not know ${operator}`);
}
