/**
 * What a glob takes, by trying everything once: the rules of docs/globs.md written down as they stand there. For few braces only.
 */
export function naiveGlob(glob: string, key: string): boolean {
  return expand([...glob]).some((written) => {
    const known = new Map<string, boolean>();
    const from: Tries = (at, place) => {
      const name = `${at} ${place}`;
      const found = known.get(name) ?? matches(written, at, [...key], place, from);
      known.set(name, found);
      return found;
    };
    return from(0, 0);
  });
}

/** A glob without braces: characters, those that stand for themselves being marked. */
type Written = readonly { readonly text: string; readonly escaped: boolean }[];

/** Every glob that one with braces stands for. */
function expand(text: readonly string[]): Written[] {
  let all: Written[] = [[]];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const written = text[++at] ?? '';
      all = all.map((one) => [...one, { text: written, escaped: true }]);
    } else if (character === '[') {
      const end = text.indexOf(']', text[at + 1] === '!' || text[at + 1] === '^' ? at + 3 : at + 2);
      const written = text.slice(at, end + 1).join('');
      all = all.map((one) => [...one, { text: written, escaped: false }]);
      at = end;
    } else if (character === '{') {
      const end = text.indexOf('}', at);
      const inside = text.slice(at + 1, end).join('');
      const range = /^(\d+)\.\.(\d+)$/.exec(inside);
      const words = range ? counted(range[1] ?? '', range[2] ?? '') : inside.split(',');
      all = all.flatMap((one) => words.flatMap((word) => expand([...word]).map((more) => [...one, ...more])));
      at = end;
    } else {
      all = all.map((one) => [...one, { text: character, escaped: false }]);
    }
  }
  return all;
}

function counted(from: string, to: string): string[] {
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0;
  const [low, high] = [Math.min(+from, +to), Math.max(+from, +to)];
  return Array.from({ length: high - low + 1 }, (_, at) => String(low + at).padStart(width, '0'));
}

/** Whether what begins at a place of the glob takes what begins at a place of the key. */
type Tries = (at: number, from: number) => boolean;

function matches(glob: Written, at: number, key: readonly string[], from: number, rest: Tries): boolean {
  const part = glob[at];
  if (part === undefined) return from === key.length;
  const isStar = (one: number) => glob[one]?.text === '*' && !glob[one]?.escaped;
  const next = key[from];
  if (isStar(at)) {
    let behind = at;
    while (isStar(behind)) behind++;
    const before = glob[at - 1];
    const begins = at === 0 || (before?.text === '/' && !isStar(at - 1));
    const after = glob[behind];
    if (behind - at >= 2 && begins && after === undefined) return true;
    if (behind - at >= 2 && begins && after?.text === '/') {
      // Nothing, or anything that ends in a slash.
      if (rest(behind + 1, from)) return true;
      for (let to = from; to < key.length; to++) if (key[to] === '/' && rest(behind + 1, to + 1)) return true;
      return false;
    }
    for (let to = from; to <= key.length; to++) {
      if (rest(behind, to)) return true;
      if (key[to] === '/') return false;
    }
    return false;
  }
  if (next === undefined) return false;
  if (part.escaped) return part.text === next && rest(at + 1, from + 1);
  if (part.text === '?') return next !== '/' && rest(at + 1, from + 1);
  if (part.text.length > 2 && part.text.startsWith('['))
    return inClass(part.text, next) && rest(at + 1, from + 1);
  return part.text === next && rest(at + 1, from + 1);
}

function inClass(text: string, character: string): boolean {
  if (character === '/') return false;
  const negated = /^\[[!^]/.test(text);
  const inside = [...text.slice(negated ? 2 : 1, -1)];
  let found = false;
  for (let at = 0; at < inside.length; at++) {
    const low = inside[at]?.codePointAt(0) ?? 0;
    const isRange = inside[at + 1] === '-' && at + 2 < inside.length;
    const high = isRange ? (inside[at + 2]?.codePointAt(0) ?? 0) : low;
    const code = character.codePointAt(0) ?? 0;
    if (low <= code && code <= high) found = true;
    if (isRange) at += 2;
  }
  return found !== negated;
}
