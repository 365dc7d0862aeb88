import { isUtf8 } from 'node:buffer';
import { getFileNameLowLevel } from 'yauzl';

/** Why something of an export was not imported, in a word and in words. */
export type Refusal = { readonly reason: string; readonly detail: string };

/** Bounds on names. WorkDocs has 255 characters for one name; what is beyond these bounds came from nothing like it. */
const MAX_PATH_BYTES = 8_192;
const MAX_PARTS = 256;

type NamedEntry = {
  readonly generalPurposeBitFlag: number;
  readonly fileNameRaw: Buffer;
  readonly extraFields: Parameters<typeof getFileNameLowLevel>[2];
};

/**
 * The name of an entry. Many tools write UTF-8 and do not say so; what is not UTF-8 is CP437, as the format has it, which
 * has a character for each byte: so no name is lost, and no two names become one.
 * Source: APPNOTE.TXT 6.3.10, "Appendix D - Language Encoding (EFS)".
 */
export function entryName({ generalPurposeBitFlag, fileNameRaw, extraFields }: NamedEntry): string {
  const flag = isUtf8(fileNameRaw) ? generalPurposeBitFlag | 0x800 : generalPurposeBitFlag & ~0x800;
  return getFileNameLowLevel(flag, fileNameRaw, extraFields, true);
}

/** An entry's path: its parts, or why it has none that could be kept. */
export type EntryPath =
  | { readonly parts: readonly string[]; readonly folder: boolean }
  | { readonly refusal: Refusal };

/**
 * Takes a name apart. A name that means something outside its zip is refused and not mended: whoever wrote it meant
 * harm, or something that is not known. A backslash that is no such thing stays what it is, a character.
 */
export function entryPath(name: string, bytes: number): EntryPath {
  if (bytes > MAX_PATH_BYTES)
    return refused('name-too-long', `its name has ${bytes} bytes: ${MAX_PATH_BYTES} are read`);
  const folder = name.endsWith('/');
  const parts = (folder ? name.slice(0, -1) : name).split('/');
  if (parts.length > MAX_PARTS)
    return refused('name-too-long', `it lies ${parts.length} folders deep: ${MAX_PARTS} are read`);
  const unsafe = whyUnsafe(name, parts);
  return unsafe === undefined ? { parts, folder } : refused('unsafe-name', unsafe);
}

function whyUnsafe(name: string, parts: readonly string[]): string | undefined {
  if (name.includes('\0')) return 'its name has a NUL character';
  if (/^[/\\]/.test(name)) return 'its name is an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'its name begins with a drive letter';
  if (name.split(/[/\\]/).includes('..')) return 'its name leaves its folder by ".."';
  if (parts.some((part) => part === '' || part === '.')) return 'a part of its name is empty or "."';
  return undefined;
}

function refused(reason: string, detail: string): EntryPath {
  return { refusal: { reason, detail } };
}
