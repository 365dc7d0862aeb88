import { defined } from './defined.ts';
import { withoutDeletionTags } from './deletion-tags.ts';
import { namedValues } from './named-values.ts';
import type { Lock, ObjectFacts, Tags } from './object.ts';

/**
 * The tag on a copy in the vault that says how its object was kept, where that was not the usual: in another class than
 * STANDARD, with a KMS key, locked. The usual object has none of it, and no tag.
 */
export const ORIGIN_TAG = 'holdfast:origin';

/** What a copy in the vault remembers of its object beside what it carries itself. */
export type Origin = {
  /** Absent for STANDARD. */
  readonly storageClass?: string;
  readonly lock?: Lock;
  readonly legalHold?: true;
  /** S3's word for how it was encrypted: `aws:kms`, `aws:kms:dsse`. Absent where S3's own keys did it. */
  readonly encryption?: string;
  readonly kmsKey?: string;
};

/** S3's limits of an object's tags. */
export const MAX_TAGS = 10;
const VALUE = /^[\p{L}\p{N} +\-=._:/@]{1,256}$/u;

type Facts = Pick<ObjectFacts, 'storageClass' | 'encryption' | 'kmsKey' | 'lock' | 'legalHold'>;

/** How the tag says it: words with blanks between. Undefined when there is nothing that is not the usual. */
export function originText(facts: Facts): string | undefined {
  const { storageClass, lock, legalHold } = facts;
  const words = [
    ...(storageClass === 'STANDARD' ? [] : [`class=${storageClass}`]),
    ...(lock === undefined ? [] : [`lock=${lock.mode}/${new Date(lock.until).toISOString()}`]),
    ...(legalHold === true ? ['hold'] : []),
    ...encryptionWords(facts),
  ];
  // What S3 would not take as a tag's value is not worth the copy.
  const text = words.filter((word) => VALUE.test(word)).join(' ');
  return VALUE.test(text) ? text : undefined;
}

function encryptionWords({ encryption, kmsKey }: Facts): string[] {
  const word = encryption === undefined ? undefined : ENCRYPTIONS.get(encryption);
  if (word === undefined) return [];
  return [kmsKey === undefined ? word : `${word}=${kmsKey}`];
}

const ENCRYPTIONS: ReadonlyMap<string, string> = new Map([
  ['aws:kms', 'kms'],
  ['aws:kms:dsse', 'dsse'],
]);

/** The tags of a copy: the object's own, and its origin if S3's limit of ten leaves room for it. */
export function withOrigin(own: Tags, facts: Facts): Tags {
  const text = originText(facts);
  if (text === undefined) return own;
  const tags = namedValues([...Object.entries(own), [ORIGIN_TAG, text]]);
  return Object.keys(tags).length > MAX_TAGS ? own : tags;
}

/** What a copy's tags remember; undefined when ten tags of its own left no room to. */
export function originIn(tags: Tags): Origin | undefined {
  const text = tags[ORIGIN_TAG];
  const origin = text === undefined ? undefined : parseOrigin(text);
  if (origin !== undefined) return origin;
  return Object.keys(ownTags(tags)).length >= MAX_TAGS ? undefined : {};
}

/** The object's own tags, as they were at its source: without the origin, and without the marks of a deletion. */
export function ownTags(tags: Tags): Tags {
  const own = withoutDeletionTags(tags);
  const text = own[ORIGIN_TAG];
  // An owner may use the name for something else.
  if (text === undefined || parseOrigin(text) === undefined) return own;
  return namedValues(Object.entries(own).filter(([key]) => key !== ORIGIN_TAG));
}

/** @returns undefined for a text that is not Holdfast's */
function parseOrigin(text: string): Origin | undefined {
  let origin: Origin = {};
  for (const word of text.split(' ')) {
    const [name = '', value] = cut(word);
    const part = READERS.get(name)?.(value);
    if (part === undefined) return undefined;
    origin = { ...origin, ...part };
  }
  return origin;
}

function cut(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

type Reader = (value: string | undefined) => Origin | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['class', (value) => (value === undefined ? undefined : { storageClass: value })],
  ['lock', (value) => (value === undefined ? undefined : readLock(value))],
  ['hold', (value) => (value === undefined ? { legalHold: true } : undefined)],
  ['kms', (value) => ({ encryption: 'aws:kms', ...defined({ kmsKey: value }) })],
  ['dsse', (value) => ({ encryption: 'aws:kms:dsse', ...defined({ kmsKey: value }) })],
]);

function readLock(value: string): Origin | undefined {
  const [mode = '', time = ''] = value.split('/');
  const until = Date.parse(time);
  return mode === '' || Number.isNaN(until) ? undefined : { lock: { mode, until } };
}
