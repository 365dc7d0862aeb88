/** Something beside others that needs a name of its own. */
export type Named = { readonly id: string; readonly name: string; readonly createdAt: number };

/**
 * Gives things in one folder names of their own: of several with one name the first, by when it was made and then by id,
 * keeps it; the others become `name (2).ext`, `name (3).ext`, never a name that something else has.
 *
 * @param taken names that are given already; the new ones are added
 * @returns the names, in the order of the things
 */
export function uniqueNames(
  things: readonly Named[],
  taken: Set<string>,
  cut: Cut = beforeExtension,
): string[] {
  const wanted = new Set(things.map(({ name }) => name));
  const order = [...things.keys()].sort((a, b) => compare(things[a] as Named, things[b] as Named));
  const isTaken = (name: string) => taken.has(name) || wanted.has(name);
  // How far each name was counted: a thousand of one name are not counted from two a thousand times.
  const last = new Map<string, number>();
  const names: string[] = [];
  for (const index of order) {
    const { name } = things[index] as Named;
    const free = taken.has(name) ? nextFree(name, isTaken, cut, last) : name;
    taken.add(free);
    names[index] = free;
  }
  return names;
}

/** A name that is made up for something beside others. */
export function freeName(name: string, taken: Set<string>): string {
  const free = taken.has(name) ? nextFree(name, (other) => taken.has(other), beforeExtension) : name;
  taken.add(free);
  return free;
}

/** Where in a name something is put in: behind the stem. */
type Cut = (name: string) => readonly [stem: string, rest: string];

/** `report.v2.docx` is `report.v2` and `.docx`; what begins with its only dot has no extension. */
export function beforeExtension(name: string): readonly [stem: string, rest: string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/** Folders have no extension. */
export function atTheEnd(name: string): readonly [stem: string, rest: string] {
  return [name, ''];
}

function nextFree(
  name: string,
  isTaken: (name: string) => boolean,
  cut: Cut,
  last = new Map<string, number>(),
): string {
  const [stem, rest] = cut(name);
  for (let n = last.get(name) ?? 2; ; n++) {
    const candidate = `${stem} (${n})${rest}`;
    if (isTaken(candidate)) continue;
    last.set(name, n + 1);
    return candidate;
  }
}

function compare(a: Named, b: Named): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
