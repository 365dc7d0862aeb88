import type { DownloadOptions, OpenDownload } from '@holdfast/core/kinds/workdocs/site.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import type { SiteState } from './site-state.ts';

/** What a download comes to, other than it should. */
export type Spoilt =
  /** Other bytes of the same length. */
  | 'content'
  /** Less, and the answer's header says so. */
  | 'shorter'
  /** The connection breaks half way. */
  | 'broken'
  /** Bytes without a header that says how many. */
  | 'no-length'
  /** An answer with status 500. */
  | 'refused';

const CHUNK = 64 * 1024;

/** The bytes that a signed URL leads to. @throws {SiteError} `expired-url`, `access-denied`, `not-found`, `unavailable` */
export function openSource(
  site: SiteState,
  href: string,
  { range, signal }: DownloadOptions,
  spoilt: ReadonlyMap<string, Spoilt>,
): OpenDownload {
  const verdict = site.urls.check(href, site.clock());
  if (verdict.state === 'forged') throw new SiteError('access-denied', 'the URL is not signed');
  if (verdict.state === 'expired') throw new SiteError('expired-url', 'the URL has expired');
  const { documentId, versionId } = verdict.place;
  const { bytes } = site.version(documentId, versionId);
  const how = spoilt.get(versionId);
  if (bytes === undefined || how === 'refused')
    throw new SiteError('unavailable', `the bytes of version ${versionId} cannot be had`);
  const part = bytes.subarray(range?.first ?? 0, range?.last === undefined ? undefined : range.last + 1);
  const given = spoil(part, how);
  const length = how === 'no-length' ? {} : { length: how === 'broken' ? part.length : given.length };
  return { ...length, body: chunks(given, how === 'broken', signal) };
}

function spoil(bytes: Uint8Array, how: Spoilt | undefined): Uint8Array {
  if (how === 'content') return bytes.map((byte) => byte ^ 1);
  return how === 'shorter' || how === 'broken' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
}

async function* chunks(
  bytes: Uint8Array,
  breaks: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    signal?.throwIfAborted();
    yield bytes.subarray(at, at + CHUNK);
  }
  if (breaks) throw new SiteError('unavailable', 'the connection broke');
}
