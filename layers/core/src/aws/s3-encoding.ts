import type { Tags } from '../model/object.ts';
import type { ObjectRef } from '../ports/object-store.ts';

/** A key as a listing with `EncodingType: url` gives it; a space can come as `+`, a plus always comes as `%2B`. */
export function decodeListedKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** The value of `x-amz-copy-source`: every path segment of the key encoded, the slashes between them kept. */
export function copySource({ bucket, key, versionId }: ObjectRef): string {
  const path = key.split('/').map(encodeAll).join('/');
  const version = versionId === undefined ? '' : `?versionId=${encodeAll(versionId)}`;
  return `${encodeAll(bucket)}/${path}${version}`;
}

/** Tags as `x-amz-tagging` wants them: a query string. */
export function encodeTags(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${encodeAll(key)}=${encodeAll(value)}`)
    .join('&');
}

// encodeURIComponent leaves five characters that RFC 3986 reserves.
function encodeAll(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** S3 sends ETags in quotes; Holdfast keeps them without. */
export function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

/** An ETag as a condition's header wants it. */
export function quotedEtag(etag: string): string {
  return `"${etag}"`;
}
