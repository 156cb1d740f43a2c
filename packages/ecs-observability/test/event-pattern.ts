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
    // of several values, such as the containers of a task, one must match
    const values = Array.isArray(value) ? value : [value];
    return isFields(expected) && values.some((one) => isFields(one) && matches(expected, one));
  });
}

function matchesValue(expected: Json, value: Json): boolean {
  if (!isFields(expected)) {
    return expected === value;
  }
  const [[operator, operand], ...more] = Object.entries(expected);
  if (operator === 'anything-but' && more.length === 0) {
    return Array.isArray(operand) ? !operand.includes(value) : !matchesValue(operand, value);
  }
  if (operator !== 'prefix' || more.length > 0) {
    throw new Error(`this matcher knows only 'prefix' and 'anything-but', got ${JSON.stringify(expected)}`);
  }
  return typeof value === 'string' && value.startsWith(operand as string);
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
