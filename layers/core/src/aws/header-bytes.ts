const BYTE = /[\x80-\xff]/g;
const BEYOND_ASCII = /[^\0-\x7f]/gu;

/**
 * What the bytes of a header say. S3 sends its headers as UTF-8, and Node gives each byte as a character. A value that is
 * no UTF-8 keeps each byte beyond ASCII as a lone surrogate, U+DC80 to U+DCFF, so that it can be sent as it came.
 */
export function textOfHeader(received: string): string {
  const bytes = Buffer.from(received, 'latin1');
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  return received.replace(BYTE, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}

/** A text as Node wants it to send its bytes: a character for each. The inverse of {@link textOfHeader}. */
export function headerOfText(text: string): string {
  return text.replace(BEYOND_ASCII, (character) =>
    character.isWellFormed()
      ? Buffer.from(character).toString('latin1')
      : String.fromCharCode(character.charCodeAt(0) & 0xff),
  );
}

/** Headers with each value changed. */
export function eachHeader(
  headers: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}
