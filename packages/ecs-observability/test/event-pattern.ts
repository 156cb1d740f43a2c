type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

/** Whether EventBridge would match `event`: the part of its pattern language that this package writes. */
export function matches(pattern: Fields, event: Fields): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') {
      return (expected as Fields[]).some((alternative) => matches(alternative, event));
    }
    const value = event[key];
    if (Array.isArray(expected)) {
      return value !== undefined && expected.some((one) => matchesValue(one, value));
    }
    return isFields(expected) && isFields(value) && matches(expected, value);
  });
}

function matchesValue(expected: Json, value: Json): boolean {
  if (!isFields(expected)) {
    return expected === value;
  }
  const [[operator, operand], ...more] = Object.entries(expected);
  if (operator !== 'prefix' || more.length > 0) {
    throw new Error(`this matcher knows only 'prefix', got ${JSON.stringify(expected)}`);
  }
  return typeof value === 'string' && value.startsWith(operand as string);
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
