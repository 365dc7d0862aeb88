const ASCII = /^[\t\x20-\x7e]*$/;

/** A header value in ASCII: as it is, or as an RFC 2047 encoded word, which is how S3 gives such metadata back. */
export function encodeHeaderWord(text: string): string {
  return ASCII.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
