import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';

const DAY_MS = 24 * 3600 * 1000;
/** 1901-12-13T20:45:53Z: what every disk and archive here can hold, with a fraction of a second. */
const EARLIEST = (1 - 2 ** 31) * 1000;

/**
 * When the bytes were last changed, in milliseconds since 1970: what the source knew, else what tools keep in the metadata
 * (docs/restore.md, "The time of a file"), if it can be true; else when the vault got them.
 */
export function modifiedAt(
  { metadata, lastModified }: Pick<ObjectFacts, 'metadata' | 'lastModified'>,
  { modifiedAt: known }: Pick<Selected, 'modifiedAt'> = {},
): number {
  if (known !== undefined) return known;
  const at = metadataTime(metadata);
  return at !== undefined && at >= EARLIEST && at <= lastModified + DAY_MS ? at : lastModified;
}

/** Metadata that tools keep a file's time in, the first that can be read counts; each with how its value is read. */
const READERS: ReadonlyArray<readonly [name: string, read: (text: string) => number | undefined]> = [
  // rclone, s3fs, goofys and geesefs: seconds, with a fraction or without.
  ['mtime', seconds],
  // s3cmd: uid:0/gname:root/…/mtime:1436859412/…/ctime:1436859412
  ['s3cmd-attrs', (text) => seconds(/(?:^|\/)mtime:([^/]*)/.exec(text)?.[1] ?? '')],
  // DataSync, File Gateway and FSx for Lustre: seconds, or nanoseconds with "ns" behind.
  ['file-mtime', (text) => (text.endsWith('ns') ? nanoseconds(text.slice(0, -2)) : seconds(text))],
  // gsutil, and s3fs beside its own.
  ['goog-reserved-file-mtime', seconds],
];
const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{0,18}))?$/;
const NANOSECONDS = /^(-?)(\d{1,21})$/;
const MS_DIGITS = 3;
const NS_DIGITS = 9;

/** When a file was last changed, as metadata say it; ms since 1970, rounded down. Absent when none can be read. */
export function metadataTime(metadata: Readonly<Record<string, string>>): number | undefined {
  for (const [name, read] of READERS) {
    const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    const at = text === undefined ? undefined : read(text);
    if (at !== undefined) return at;
  }
  return undefined;
}

function seconds(text: string): number | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  return whole === undefined ? undefined : inMs(sign, whole, fraction);
}

function nanoseconds(text: string): number | undefined {
  const [, sign, digits] = NANOSECONDS.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const padded = digits.padStart(NS_DIGITS + 1, '0');
  return inMs(sign, padded.slice(0, -NS_DIGITS), padded.slice(-NS_DIGITS));
}

/** By digits: as a number, a fraction of a second would lose some. */
function inMs(sign: string | undefined, whole: string, fraction: string): number {
  const ms = Number(whole) * 1000 + Number(fraction.slice(0, MS_DIGITS).padEnd(MS_DIGITS, '0'));
  if (sign !== '-') return ms;
  const isMore = /[1-9]/.test(fraction.slice(MS_DIGITS));
  return ms === 0 && !isMore ? 0 : -ms - (isMore ? 1 : 0);
}
