/** Whether `tag` matches `pattern`, in which each `*` stands for any characters or none. */
export function matchesTag(pattern: string, tag: string): boolean {
  const [head, ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) {
    return tag === head;
  }
  if (!tag.startsWith(head)) {
    return false;
  }
  let end = head.length;
  for (const part of rest) {
    const start = tag.indexOf(part, end);
    if (start < 0) {
      return false;
    }
    end = start + part.length;
  }
  return tag.length - tail.length >= end && tag.endsWith(tail);
}

/** Whether `wide` matches every tag that `narrow` matches: a `*` of `narrow` is only matched by one of `wide`. */
export function coversPattern(wide: string, narrow: string): boolean {
  return matchesTag(wide, narrow);
}

/** Whether some tag matches both patterns. */
export function patternsOverlap(a: string, b: string): boolean {
  // rest[i][j]: whether some text matches what follows the first i characters of `a` and the first j of `b`
  const rest = Array.from({ length: a.length + 1 }, () => new Array<boolean>(b.length + 1).fill(false));
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      const ended = i === a.length && j === b.length;
      const star =
        (a[i] === '*' && (rest[i + 1][j] || rest[i][j + 1])) || (b[j] === '*' && (rest[i][j + 1] || rest[i + 1]?.[j]));
      rest[i][j] = ended || star || (i < a.length && a[i] === b[j] && rest[i + 1][j + 1]);
    }
  }
  return rest[0][0];
}
