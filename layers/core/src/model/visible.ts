/**
 * What a screen obeys instead of showing, or shows so that the text reads as another: C0 and C1 controls, line
 * separators, direction overrides, invisible characters, lone surrogates.
 */
export const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that can be shown: what would drive a terminal or deceive a reader is written out as an escape. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) => SHORT[char] ?? escapeOf(char));
}

/** A key, unambiguously: as {@link visible}, with its own backslashes doubled. */
export function visibleKey(key: string): string {
  return visible(key.replaceAll('\\', '\\\\'));
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
