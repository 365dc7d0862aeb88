import * as v from 'valibot';
import { InvalidInputError, messageOf } from '../../../model/errors.ts';
import { namedValues, namedValuesOf } from '../../../model/named-values.ts';

// What the vault keeps of a site beside the bytes. Times are milliseconds since 1970. Fields that WorkDocs did not give are
// absent. Records are written with sorted fields, so that the same state is the same text.

const moment = v.pipe(v.number(), v.integer());
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.optional(v.string());
const texts = v.optional(namedValuesOf(v.string()));

/** Who may do what with a document or folder, as DescribeResourcePermissions or an export's CSV tells. */
export const PermissionSchema = v.object({
  principal: v.string(),
  /** `USER`, `GROUP`, `INVITE`, `ANONYMOUS`, `ORGANIZATION`, or what an export says. */
  type: text,
  roles: v.array(v.object({ role: v.string(), type: text })),
  /** An export's columns that have no field here. */
  extra: texts,
});
export type Permission = v.InferOutput<typeof PermissionSchema>;

export const CommentSchema = v.object({
  id: v.string(),
  text: text,
  /** Who wrote it: an id, a user name or an address. */
  by: text,
  at: v.optional(moment),
  status: text,
  visibility: text,
  parentId: text,
  threadId: text,
  recipientId: text,
  /** An export's columns that have no field here. */
  extra: texts,
});
export type SiteComment = v.InferOutput<typeof CommentSchema>;

/** Where the vault has the bytes of a version. The checksum is of the whole, base64 as S3 writes it. */
export const KeptSchema = v.object({
  key: v.string(),
  versionId: v.string(),
  etag: v.string(),
  size: bytes,
  checksum: v.optional(v.object({ algorithm: v.string(), value: v.string() })),
});
export type Kept = v.InferOutput<typeof KeptSchema>;

export const VersionSchema = v.object({
  id: v.string(),
  /** The document's name as of this version. */
  name: text,
  contentType: text,
  size: v.optional(bytes),
  signature: text,
  status: text,
  creatorId: text,
  createdAt: v.optional(moment),
  modifiedAt: v.optional(moment),
  /** Of the file that was uploaded. */
  contentCreatedAt: v.optional(moment),
  contentModifiedAt: v.optional(moment),
  customMetadata: texts,
  comments: v.optional(v.array(CommentSchema)),
  /** Absent while the bytes are not in the vault; `missing` says why. */
  kept: v.optional(KeptSchema),
  missing: text,
});
export type VersionRecord = v.InferOutput<typeof VersionSchema>;

const common = {
  format: v.literal(1),
  site: v.string(),
  id: v.string(),
  name: text,
  creatorId: text,
  createdAt: v.optional(moment),
  modifiedAt: v.optional(moment),
  /** `ACTIVE`, `RESTORING`, `RECYCLING`, `RECYCLED`. */
  status: text,
  labels: v.optional(v.array(v.string())),
  customMetadata: texts,
  permissions: v.optional(v.array(PermissionSchema)),
  /** Of an import: the object that it came from. */
  importedFrom: text,
  extra: texts,
};

/** A document: its place, and all its versions, the oldest first. */
export const DocumentRecordSchema = v.object({
  ...common,
  kind: v.literal('document'),
  /** Id of the folder that it is in. */
  parentId: text,
  /** Id of the version that is current; absent when none is. */
  latest: text,
  versions: v.array(VersionSchema),
});
export type DocumentRecord = v.InferOutput<typeof DocumentRecordSchema>;

export const FolderRecordSchema = v.object({
  ...common,
  kind: v.literal('folder'),
  /** Absent for a user's root folder and recycle bin. */
  parentId: text,
});
export type FolderRecord = v.InferOutput<typeof FolderRecordSchema>;

export const UserRecordSchema = v.object({
  ...common,
  kind: v.literal('user'),
  /** `name` is the user name, the first part of every path. */
  email: text,
  givenName: text,
  surname: text,
  type: text,
  rootFolderId: text,
  recycleBinFolderId: text,
  timeZone: text,
  locale: text,
});
export type UserRecord = v.InferOutput<typeof UserRecordSchema>;

const SiteRecordSchema = v.variant('kind', [DocumentRecordSchema, FolderRecordSchema, UserRecordSchema]);
export type SiteRecord = v.InferOutput<typeof SiteRecordSchema>;

/** A record as the vault keeps it: JSON with sorted fields, so that the same state is the same text. */
export function recordText(record: SiteRecord): string {
  return `${JSON.stringify(record, (_, value: unknown) => (isPlain(value) ? sorted(value) : value), 1)}\n`;
}

/** Reads a record back. @throws {InvalidInputError} naming the vault key when it is none */
export function parseRecord(recordedText: string, vaultKey: string): SiteRecord {
  try {
    return v.parse(SiteRecordSchema, JSON.parse(recordedText));
  } catch (error) {
    throw new InvalidInputError(`${vaultKey} in the vault is no record of WorkDocs: ${messageOf(error)}`);
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return namedValues(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
