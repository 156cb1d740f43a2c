/** Who asks: the ARN of a principal, a service, an OpenID Connect provider, or nobody known. */
export interface Caller {
  readonly kind: 'AWS' | 'Service' | 'Federated' | 'Anonymous';
  readonly name: string;
}

/** What AWS would ask a policy. */
export interface AccessRequest {
  readonly action: string;
  readonly resource?: string;
  readonly caller?: Caller;
  /** Values of condition keys. */
  readonly context?: Record<string, string>;
}

type Values = string | string[];

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: string | Record<string, Values>;
  readonly Action: Values;
  readonly Resource?: Values;
  readonly Condition?: Record<string, Record<string, Values>>;
}

/** A policy document without intrinsic functions. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: Statement[];
}

const ELEMENTS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

/**
 * Whether one policy by itself allows a request: some statement allows it, and none denies it.
 *
 * Knows what policies of this package use, and fails on everything else rather than ignore it.
 */
export function allows(document: PolicyDocument, request: AccessRequest): boolean {
  // All are read, so that no match hides one that cannot be understood.
  const effects = document.Statement.filter((statement) => matches(statement, request)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function matches(statement: Statement, request: AccessRequest): boolean {
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
  if (unknown !== undefined) {
    throw new Error(`this evaluator does not know the element ${unknown}`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new Error(`this evaluator does not know the effect ${statement.Effect}`);
  }
  const tests = [
    list(statement.Action).some((action) => like(action.toLowerCase(), request.action.toLowerCase())),
    // A policy of a resource or a role has no resource; what it is attached to is meant.
    statement.Resource === undefined || list(statement.Resource).some((arn) => like(arn, request.resource ?? '')),
    statement.Principal === undefined || isCaller(statement.Principal, request.caller),
    ...Object.entries(statement.Condition ?? {}).map(([operator, keys]) =>
      holds(operator, keys, request.context ?? {}),
    ),
  ];
  return tests.every(Boolean);
}

function isCaller(principal: string | Record<string, Values>, caller?: Caller): boolean {
  const kinds = typeof principal === 'string' ? { AWS: principal } : principal;
  return Object.entries(kinds).some(([kind, names]) => {
    if (!['AWS', 'Service', 'Federated'].includes(kind)) {
      throw new Error(`this evaluator does not know the principal ${kind}`);
    }
    return list(names).some((name) => isPrincipal(kind, name, caller));
  });
}

function isPrincipal(kind: string, name: string, caller?: Caller): boolean {
  if (kind === 'AWS' && name === '*') {
    return caller !== undefined;
  }
  if (name.includes('*')) {
    throw new Error(`AWS takes no pattern as a principal, got ${name}`);
  }
  const account = kind === 'AWS' && /^arn:aws:iam::([0-9]{12}):root$/.exec(name)?.[1];
  if (account) {
    return caller?.kind === 'AWS' && caller.name.split(':')[4] === account;
  }
  return caller?.kind === kind && caller.name === name;
}

const OPERATORS: Record<string, (expected: string, actual: string) => boolean> = {
  StringEquals: (expected, actual) => expected === actual,
  StringLike: like,
  ArnLike: (expected, actual) => {
    const [parts, actualParts] = [arnParts(expected), arnParts(actual)];
    return parts.every((part, index) => like(part, actualParts[index] ?? ''));
  },
};

/** Whether every key has one of its values. A key that the request does not have never does. */
function holds(operator: string, keys: Record<string, Values>, context: Record<string, string>): boolean {
  const compare = OPERATORS[operator];
  if (compare === undefined) {
    throw new Error(`this evaluator does not know the operator ${operator}`);
  }
  const actual = Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(keys)
    .map(([key, values]) =>
      list(values)
        .map(literal)
        .some((expected) => key.toLowerCase() in actual && compare(expected, actual[key.toLowerCase()])),
    )
    .every(Boolean);
}

/** The six parts of an ARN; the last one may hold colons. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Whether `pattern`, in which `*` and `?` stand for any characters and for any one, matches all of `text`. */
function like(pattern: string, text: string): boolean {
  const source = literal(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function literal(value: string): string {
  if (value.includes('${')) {
    throw new Error(`this evaluator does not know the variable in ${value}`);
  }
  return value;
}

function list(values: Values): string[] {
  return typeof values === 'string' ? [values] : values;
}

/**
 * A part of a template without its intrinsic functions.
 *
 * @param value part of a template
 * @param known values of `Ref` by logical id or pseudo parameter, and of `Fn::GetAtt` by `id.attribute`
 */
export function resolved<T>(value: unknown, known: Record<string, string>): T {
  return resolve(value, known) as T;
}

function resolve(value: unknown, known: Record<string, string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, known));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [intrinsic, argument] = entries[0] ?? [];
  if (intrinsic === 'Ref' || intrinsic === 'Fn::GetAtt') {
    return lookUp(intrinsic === 'Ref' ? String(argument) : argument.join('.'), known);
  }
  if (intrinsic === 'Fn::Join') {
    const [separator, items] = argument as [string, unknown[]];
    return items.map((item) => resolve(item, known)).join(separator);
  }
  if (intrinsic?.startsWith('Fn::')) {
    throw new Error(`this evaluator does not know the function ${intrinsic}`);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, known)]));
}

function lookUp(name: string, known: Record<string, string>): string {
  if (known[name] === undefined) {
    throw new Error(`this evaluator does not know the value of ${name}`);
  }
  return known[name];
}
