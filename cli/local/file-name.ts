import { createHash } from 'node:crypto';
import { keyBytes } from '@holdfast/core/model/byte-order.ts';
import { escapeSegment, MARK, unescapeSegment } from './escape-segment.ts';

/** What Linux and macOS take for one name, in bytes. */
const MAX_NAME_BYTES = 255;
/** macOS takes 1,024 bytes for a whole path: this leaves some for where the target is. */
const MAX_PATH_BYTES = 900;
const CUT_BYTES = 180;

/** The bytes of an object whose key ends in `/`, when it has any. */
export const FOLDER_CONTENT = `${MARK}folder`;
const LONG = `${MARK}long`;
const SUFFIX = /%~(?:file|case-[0-9a-f]{8})/g;
const EXTENSION = /^(.+?)(\.[A-Za-z0-9]{1,16})$/s;

/** Why a name had to get a suffix beside others. */
export type Clash = { readonly case: boolean; readonly file: boolean };

/** One segment as a name, with the suffixes that tell it from others, and short enough. */
export function nameOf(segment: string, clash?: Clash): string {
  const escaped = escapeSegment(segment);
  const suffix =
    (clash?.case ? `${MARK}case-${digest(segment, 8)}` : '') + (clash?.file ? `${MARK}file` : '');
  const whole = suffix === '' ? escaped : beforeExtension(escaped, suffix);
  if (keyBytes(whole) <= MAX_NAME_BYTES) return whole;
  return `${cut(escaped)}${LONG}-${digest(segment, 32)}${suffix}${extensionOf(escaped)}`;
}

/** A path that is short enough: the given one, or one made of the key's hash. */
export function shortPath(path: string, key: string): string {
  if (keyBytes(path) <= MAX_PATH_BYTES) return path;
  const folder = path.endsWith('/');
  return `${LONG}/${digest(key, 32)}${folder ? '/' : extensionOf(key)}`;
}

/**
 * The key of a path, by the rule alone.
 *
 * @param path relative to the target, with `/`; a folder's ends in `/`
 * @returns undefined for a path that only the list of names can tell
 */
export function keyOf(path: string): string | undefined {
  if (path.includes(LONG)) return undefined;
  const content = path === FOLDER_CONTENT || path.endsWith(`/${FOLDER_CONTENT}`);
  const plain = content ? path.slice(0, -FOLDER_CONTENT.length) : path;
  return plain
    .split('/')
    .map((name) => unescapeSegment(name.replaceAll(SUFFIX, '')))
    .join('/');
}

function beforeExtension(name: string, suffix: string): string {
  const [, stem = name, extension = ''] = EXTENSION.exec(name) ?? [];
  return stem + suffix + extension;
}

function extensionOf(name: string): string {
  return EXTENSION.exec(name)?.[2] ?? '';
}

/** As many whole characters as fit. */
function cut(name: string): string {
  let bytes = 0;
  let kept = '';
  for (const char of name) {
    bytes += keyBytes(char);
    if (bytes > CUT_BYTES) break;
    kept += char;
  }
  return kept;
}

function digest(text: string, digits: number): string {
  const data = text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
  return createHash('sha256').update(data).digest('hex').slice(0, digits);
}
