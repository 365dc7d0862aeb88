import { InvalidInputError } from '../../../model/errors.ts';

// Where the vault keeps a site:
//
//   workdocs/<site>/users/<id>.json        a user's record
//   workdocs/<site>/folders/<id>.json      a folder's record
//   workdocs/<site>/documents/<id>.json    a document's record: name, place, versions, comments, permissions …
//   workdocs/<site>/versions/<document>/<version>   the bytes of one version of a document
//   workdocs/<site>/empty-folder           no bytes: what stands for an empty folder in a restore
//
// Bytes are kept by ids, so that a rename or a move writes a record and no bytes. A record's vault versions are its
// history: what a document was at a moment is the newest record captured until then.

/** What a site consists of. */
export const RECORD_KINDS = ['user', 'folder', 'document'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** One thing of a site, by its kind and id. */
export type RecordRef = { readonly kind: RecordKind; readonly id: string };

/**
 * Source: WorkDocs API model: "IdType" `[&\w+-.@]+`, 1 to 256 characters, of users (`S-1-5-21-…-500&d-9067e0513b`);
 * "ResourceIdType" and "DocumentVersionIdType" `[\w+-.@]+`, 1 to 128, of the others.
 */
const ID = /^[\w.@+=,&-]{1,256}$/;

/** Checks an id that a site, an export or a message gave. @throws {InvalidInputError} for one that could leave its place */
export function checkId(id: string): string {
  if (ID.test(id) && id !== '.' && id !== '..') return id;
  throw new InvalidInputError(
    `"${id.slice(0, 300)}" is no id of WorkDocs: 1 to 256 letters, digits and _ . @ + = , & -`,
  );
}

/** Everything the vault holds of a site begins so. */
export function sitePrefix(site: string): string {
  return `workdocs/${site}/`;
}

/** All records of a kind begin so. */
export function recordPrefix(site: string, kind: RecordKind): string {
  return `${sitePrefix(site)}${kind}s/`;
}

/** Vault key of a record. */
export function recordKey(site: string, { kind, id }: RecordRef): string {
  return `${recordPrefix(site, kind)}${checkId(id)}.json`;
}

/** Where the record of an entry, `document/<id>`, lies in the vault, whether or not its name can be an id. */
export function recordKeyOf(site: string, entry: string): string {
  return `${sitePrefix(site)}${entry.replace('/', 's/')}.json`;
}

/** What a vault key under {@link recordPrefix} is the record of; undefined for a key of another shape. */
export function recordOfKey(site: string, vaultKey: string): RecordRef | undefined {
  for (const kind of RECORD_KINDS) {
    const prefix = recordPrefix(site, kind);
    if (vaultKey.startsWith(prefix) && vaultKey.endsWith('.json')) {
      return { kind, id: vaultKey.slice(prefix.length, -'.json'.length) };
    }
  }
  return undefined;
}

/** The bytes of all versions of a document begin so, and no others. */
export function versionsPrefix(site: string, documentId: string): string {
  return `${sitePrefix(site)}versions/${checkId(documentId)}/`;
}

/** Vault key of the bytes of one version of a document. */
export function versionKey(site: string, documentId: string, versionId: string): string {
  return `${versionsPrefix(site, documentId)}${checkId(versionId)}`;
}

/** Vault key of the empty object that stands for an empty folder. */
export function emptyFolderKey(site: string): string {
  return `${sitePrefix(site)}empty-folder`;
}

/** The catalog's key of a record's entry: `document/<id>`. */
export function entryKey({ kind, id }: RecordRef): string {
  return `${kind}/${id}`;
}

/** What an entry's key names. @throws {InvalidInputError} for a key of another shape */
export function refOfEntryKey(key: string): RecordRef {
  const at = key.indexOf('/');
  const kind = RECORD_KINDS.find((one) => one === key.slice(0, at));
  if (kind === undefined) throw new InvalidInputError(`"${key}" is no entry of a WorkDocs site`);
  return { kind, id: checkId(key.slice(at + 1)) };
}
