import { createHash } from 'node:crypto';
import type { SiteDocument, SiteFolder, SiteUser } from '../site.ts';

// What a listing shows of a thing, as a short text: another text, another state. It stands in the entry's `etag`.

/** Name, place, latest version, times, status and labels of a document. Not its comments, permissions, custom metadata. */
export function documentPrint(document: SiteDocument): string {
  const { parentId, creatorId, modifiedAt, status, labels, latest } = document;
  return printOf([
    parentId,
    creatorId,
    modifiedAt,
    status,
    [...labels].sort(),
    latest && [latest.id, latest.name, latest.size, latest.signature, latest.status, latest.modifiedAt],
  ]);
}

export function folderPrint({ parentId, creatorId, modifiedAt, status, labels, name }: SiteFolder): string {
  return printOf([parentId, creatorId, modifiedAt, status, [...labels].sort(), name]);
}

export function userPrint(user: SiteUser): string {
  return printOf(Object.entries(user).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function printOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}
