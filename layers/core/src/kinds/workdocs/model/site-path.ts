// A path is `<user name>/<folder>/…/<name>`. WorkDocs takes a slash in a name; in one part of a path it is written %2F, and
// a name that has %2F in it already gets one more %25, so that every part says one name and no other.

const ENCODED = /%(?:25)*2F/g;

/** A name of WorkDocs as one part of a path. */
export function encodePart(name: string): string {
  return name.replace(ENCODED, (text) => `%25${text.slice(1)}`).replaceAll('/', '%2F');
}

/** The name that a part of a path was made of. */
export function decodePart(part: string): string {
  return part.replace(ENCODED, (text) => (text === '%2F' ? '/' : `%${text.slice('%25'.length)}`));
}

/** True when something below a folder can begin with a prefix: `alice/` for the prefix `alice/projects/`. */
export function mayHold(folder: string, prefix = ''): boolean {
  return folder.startsWith(prefix) || prefix.startsWith(folder);
}

/** Whether a path is the one that was asked for, or below it: `anna` is not the beginning of `annabel`. */
export function isWithin(path: string, asked = ''): boolean {
  if (asked === '' || path === asked) return true;
  return path.startsWith(asked.endsWith('/') ? asked : `${asked}/`);
}
