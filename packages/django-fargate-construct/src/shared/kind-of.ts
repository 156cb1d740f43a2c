/** What a value of the wrong kind is, for an error. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return `the text '${value}'`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return `the function or class ${value.name}`;
  if (value === null || typeof value !== 'object') return `${value}`;
  const { name } = value.constructor ?? {};
  return name && name !== 'Object' ? `a ${name}` : 'an object';
}
