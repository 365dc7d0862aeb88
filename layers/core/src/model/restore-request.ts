import * as v from 'valibot';
import { type AddressBook, OWN_RESTORE_OPTIONS, type RestoreInto } from './address.ts';
import { parseBucketUri } from './bucket-uri.ts';
import { defined } from './defined.ts';
import { InvalidInputError } from './errors.ts';
import { compileFilter } from './filter.ts';
import { AskedNameSchema, JobIdSchema } from './job.ts';
import { parseJson } from './json.ts';
import { parseMoment } from './moment.ts';
import { ORIGINAL, STORAGE_CLASSES } from './storage-class.ts';
import { clashingRules } from './target-key.ts';
import { THAW_TIERS } from './thaw.ts';

const MAX_GLOBS = 100;
const MAX_RULES = 100;
const Globs = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1024))), v.maxLength(MAX_GLOBS));
/** No key has half a surrogate pair in it: no request to S3 can say one, and a retry would not help. */
const Text = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed(), 'half of a surrogate pair is no text'),
);
const Key = v.pipe(Text, v.maxLength(1024));
const Uri = v.pipe(Text, v.maxLength(1200));
const Moment = v.pipe(v.string(), v.maxLength(64));
const Account = v.pipe(v.string(), v.regex(/^\d{12}$/, 'an account has 12 digits'));
const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * What becomes of an object at the target that differs: it is left alone and reported, replaced if it was last changed
 * before the copy was made, or replaced.
 */
export const OVERWRITES = ['never', 'older', 'always'] as const;
export type Overwrite = (typeof OVERWRITES)[number];

/** Whether what differs may be replaced. @param changedAt of what stands there, @param copiedAt of its copy: ms since 1970 */
export function mayOverwrite(overwrite: Overwrite, changedAt: number, copiedAt: number): boolean {
  // What is older than the copy was there before it was made.
  return overwrite === 'older' ? changedAt < copiedAt : overwrite === 'always';
}

const ThawSchema = v.strictObject({
  tier: v.optional(v.picklist(THAW_TIERS)),
  /** Days that S3 keeps what it thawed. */
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(365))),
});

/** What is to be brought back and how, wherever it goes. Unknown fields are refused: a mistyped option must not be ignored. */
const RestoreWishSchema = v.strictObject({
  /** `s3://bucket` or `workdocs://site`; or `s3://bucket/prefix`, `workdocs://site/path`, in place of `prefix`. */
  source: Uri,
  prefix: v.optional(Key),
  /** ISO 8601 with a zone; absent means now. */
  at: v.optional(Moment),
  include: v.optional(Globs),
  exclude: v.optional(Globs),
  /** Only what changed after this moment. */
  changedSince: v.optional(Moment),
  /** What had been deleted by then, in place of what was there; with `changedSince`, what was deleted after that. */
  deletedOnly: v.optional(v.boolean()),
  /** One vault version of the one object that `source` names. */
  versionId: v.optional(Key),
  /** From a WorkDocs site: also the versions before the current one, as `name (v3).ext`. */
  allVersions: v.optional(v.boolean()),
  /** From a WorkDocs site: also its records, as `name.workdocs.json` beside each document. */
  sidecars: v.optional(v.boolean()),
  /** From a bucket: gives back the ACLs that were remembered, where the target takes them. */
  acls: v.optional(v.boolean()),
  /** Taken off every key. */
  stripPrefix: v.optional(Key),
  /** Another beginning for keys that begin so. */
  map: v.optional(v.pipe(v.array(v.strictObject({ from: Key, to: Key })), v.maxLength(MAX_RULES))),
  /** `true` is `always`. */
  overwrite: v.optional(v.union([v.boolean(), v.picklist(OVERWRITES)])),
  /** Deletes what the target has beyond what is restored. */
  exact: v.optional(v.boolean()),
  /** If there is more to delete, nothing is. */
  maxDeletions: v.optional(Whole),
  thaw: v.optional(ThawSchema),
  /** Reads back what was written and compares it. */
  verify: v.optional(v.boolean()),
  jobId: v.optional(JobIdSchema),
  /** Who says to ask for it; kept with the job, and no part of what is asked for. */
  askedBy: v.optional(AskedNameSchema),
});
type WishMessage = v.InferOutput<typeof RestoreWishSchema>;

const ClassSchema = v.picklist([ORIGINAL, ...STORAGE_CLASSES]);

/** The message on the restore queue. */
export const RestoreMessageSchema = v.strictObject({
  ...RestoreWishSchema.entries,
  /** `s3://bucket[/prefix]`: a restored key is the prefix followed by the whole source key. */
  target: Uri,
  /** The account that the target belongs to, where that is not the stack's own: 12 digits. */
  targetAccount: v.optional(Account),
  /** Of what is written; `original`, which it is unless said: as each object was. */
  storageClass: v.optional(ClassSchema),
});
export type RestoreMessage = v.InferOutput<typeof RestoreMessageSchema>;

const moment = v.pipe(v.number(), v.integer());

/** A checked request with its moment fixed, as the job keeps it. */
export const AcceptedRestoreSchema = v.object({
  /** `s3://bucket` or `workdocs://site`. */
  source: v.string(),
  prefix: v.string(),
  /** ms since 1970. */
  at: moment,
  include: v.array(v.string()),
  exclude: v.array(v.string()),
  changedSince: v.exactOptional(moment),
  deletedOnly: v.boolean(),
  versionId: v.exactOptional(v.string()),
  allVersions: v.optional(v.boolean(), false),
  sidecars: v.optional(v.boolean(), false),
  /** `account` where it is not the stack's own. */
  target: v.object({ bucket: v.string(), prefix: v.string(), account: v.exactOptional(v.string()) }),
  stripPrefix: v.string(),
  map: v.array(v.object({ from: v.string(), to: v.string() })),
  overwrite: v.picklist(OVERWRITES),
  exact: v.boolean(),
  maxDeletions: v.number(),
  thaw: v.object({ tier: v.picklist(THAW_TIERS), days: v.number() }),
  verify: v.boolean(),
  storageClass: v.optional(ClassSchema, ORIGINAL),
  acls: v.optional(v.boolean(), false),
});
export type AcceptedRestore = v.InferOutput<typeof AcceptedRestoreSchema>;

/** A request that has been read and checked, as far as that needs no request to AWS. Without a moment, it means now. */
export type RestoreRequest = Omit<AcceptedRestore, 'at'> & { readonly at?: number; readonly jobId?: string };
/** The same without where to, for targets that are no buckets. */
export type RestoreWish = Omit<RestoreRequest, 'target' | 'storageClass'>;

/** As many as a reconcile records by itself. */
const MAX_DELETIONS = 1_000;
/** Cheap, and fast enough for most: hours in place of half a day. */
const THAW = { tier: 'standard', days: 7 } as const;
/** More than any request needs whose fields are within their bounds. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Reads a message body. @throws {InvalidInputError} saying which field is wrong and how */
export function parseRestoreMessage(body: string, addresses: AddressBook): RestoreRequest {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new InvalidInputError(
      `a restore request may take ${MAX_MESSAGE_BYTES} bytes, and this one takes ${bytes}: send several requests`,
    );
  return checkRestoreMessage(parseJson(body), addresses);
}

/** Checks a message that is already JSON. @throws {InvalidInputError} saying which field is wrong and how */
export function checkRestoreMessage(json: unknown, addresses: AddressBook): RestoreRequest {
  const parsed = v.safeParse(RestoreMessageSchema, json);
  if (!parsed.success) throw new InvalidInputError(`not a restore request: ${explain(parsed.issues[0])}`);
  const { target, targetAccount: account, storageClass = ORIGINAL, ...message } = parsed.output;
  const wish = toWish(message, 'bucket', addresses);
  return { ...wish, target: { ...parseBucketUri(target), ...defined({ account }) }, storageClass };
}

/** Checks what is to be brought back, for a target that is no bucket. @throws {InvalidInputError} as above */
export function checkRestoreWish(json: unknown, addresses: AddressBook): RestoreWish {
  const parsed = v.safeParse(RestoreWishSchema, json);
  if (!parsed.success) throw new InvalidInputError(`not a restore request: ${explain(parsed.issues[0])}`);
  return toWish(parsed.output, 'elsewhere', addresses);
}

function toWish(message: WishMessage, into: RestoreInto, addresses: AddressBook): RestoreWish {
  const wish = readWish(message, addresses);
  checkSize(wish);
  compileFilter(wish);
  checkMapping(wish, addresses);
  checkExact(wish, message);
  checkSelection(wish, message);
  checkOwnOptions(wish, into, addresses);
  return wish;
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown field "${path}"`;
  if (issue.input === undefined && path !== null) return `field "${path}" is missing`;
  return path === null ? issue.message : `field "${path}": ${issue.message}`;
}

function readWish(message: WishMessage, addresses: AddressBook): RestoreWish {
  const place = addresses.parse(message.source);
  if (place.prefix !== '' && message.prefix !== undefined) {
    throw new InvalidInputError(
      `the prefix is given twice: in "${message.source}" and as "${message.prefix}"`,
    );
  }
  return {
    source: place.source,
    prefix: message.prefix ?? place.prefix,
    ...defined({
      at: read(message.at),
      changedSince: read(message.changedSince),
      versionId: message.versionId,
      jobId: message.jobId,
    }),
    include: message.include ?? [],
    exclude: message.exclude ?? [],
    deletedOnly: message.deletedOnly ?? false,
    allVersions: message.allVersions ?? false,
    sidecars: message.sidecars ?? false,
    acls: message.acls ?? false,
    stripPrefix: message.stripPrefix ?? '',
    map: message.map ?? [],
    overwrite: overwriteOf(message.overwrite),
    exact: message.exact ?? false,
    maxDeletions: message.maxDeletions ?? MAX_DELETIONS,
    thaw: { ...THAW, ...defined(message.thaw ?? {}) },
    verify: message.verify ?? false,
  };
}

function read(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : parseMoment(moment);
}

function overwriteOf(asked: WishMessage['overwrite']): Overwrite {
  if (typeof asked === 'string') return asked;
  return asked ? 'always' : 'never';
}

// The request is kept in the job's row, which DynamoDB bounds.
const MAX_TEXT_BYTES = 64 * 1024;

function checkSize({ include, exclude, map }: RestoreWish): void {
  checkBytes('globs', [...include, ...exclude]);
  checkBytes(
    'map rules',
    map.flatMap(({ from, to }) => [from, to]),
  );
}

function checkBytes(what: string, texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= MAX_TEXT_BYTES) return;
  throw new InvalidInputError(
    `the ${what} take ${bytes} bytes together, and may take ${MAX_TEXT_BYTES}: send several requests`,
  );
}

// Options that contradict each other are refused, not weighed against each other.

function checkMapping({ source, prefix, stripPrefix, map }: RestoreWish, addresses: AddressBook): void {
  if (stripPrefix !== '' && map.length > 0) throw refuse('"stripPrefix" and "map" exclude each other');
  if (!addresses.of(source).keysUnder(prefix).startsWith(stripPrefix)) {
    throw refuse(
      `"stripPrefix" ("${stripPrefix}") has to be the beginning of the restored prefix ("${prefix}"): keys without it would be mixed with the others`,
    );
  }
  const clash = clashingRules(map);
  if (clash !== undefined) {
    throw refuse(
      `"map" would bring keys under "${clash[0]}" and keys under "${clash[1]}" to one place: restore them one after the other`,
    );
  }
}

function checkExact({ exact, map, changedSince, deletedOnly, versionId }: RestoreWish, message: WishMessage) {
  if (!exact && message.maxDeletions !== undefined) throw refuse('"maxDeletions" is for "exact" only');
  if (!exact) return;
  if (map.length > 0) throw refuse('"exact" and "map" exclude each other: restore with one target prefix');
  if (changedSince !== undefined || deletedOnly || versionId !== undefined) {
    throw refuse(
      '"exact" makes the target what the source was: it cannot go with "changedSince", "deletedOnly" or "versionId"',
    );
  }
}

/** What only some kinds of sources know is refused for the others, and what makes no sense for this one. */
function checkOwnOptions(wish: RestoreWish, into: RestoreInto, addresses: AddressBook): void {
  const address = addresses.of(wish.source);
  const foreign = OWN_RESTORE_OPTIONS.find((one) => wish[one] && !address.restoreOptions.includes(one));
  const owner = addresses.all.find(({ restoreOptions }) => restoreOptions.some((one) => one === foreign));
  if (owner !== undefined) {
    const names = owner.restoreOptions.map((one) => `"${one}"`).join(' and ');
    throw refuse(`${names} ${owner.restoreOptions.length === 1 ? 'is' : 'are'} for ${owner.containers}`);
  }
  const why = address.refusal(wish, into);
  if (why !== undefined) throw refuse(why);
}

function checkSelection({ at, prefix, changedSince, versionId }: RestoreWish, message: WishMessage): void {
  if (changedSince !== undefined && at !== undefined && changedSince >= at) {
    throw refuse(`"changedSince" (${message.changedSince}) has to be before "at" (${message.at})`);
  }
  if (versionId === undefined) return;
  if (prefix === '') throw refuse('"versionId" needs the whole key in "source"');
  if (at !== undefined || changedSince !== undefined || message.deletedOnly) {
    throw refuse('"versionId" names one version: it cannot go with "at", "changedSince" or "deletedOnly"');
  }
}

function refuse(what: string): InvalidInputError {
  return new InvalidInputError(`not a restore request: ${what}`);
}
