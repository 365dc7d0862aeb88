import type { DocumentRecord, FolderRecord } from '@holdfast/core/kinds/workdocs/model/records.ts';
import type { MemorySite } from '../../memory/memory-site.ts';
import type { DocumentThing, FolderThing, ResourceThing } from '../../memory/site-things.ts';
import { latestOf, nameOf } from '../../memory/site-things.ts';

// What is compared of a thing, as a text: equal texts, equal things.

/** The things that are there and not in a recycle bin, by the keys of their entries, and their bytes by version. */
export type Truth = {
  readonly things: ReadonlyMap<string, string>;
  readonly bytes: ReadonlyMap<string, string>;
};

/** What the site has now. */
export function truthOf({ model }: MemorySite): Truth {
  const things = new Map<string, string>();
  const bytes = new Map<string, string>();
  for (const { id, username, status } of model.users.values())
    things.set(`user/${id}`, JSON.stringify({ username, status }));
  for (const thing of model.resources()) {
    if (isGone(thing, model)) continue;
    if (thing.kind === 'folder') things.set(`folder/${thing.id}`, folderText(thing));
    else {
      things.set(`document/${thing.id}`, documentText(thing));
      for (const version of thing.versions)
        if (version.status === 'ACTIVE')
          bytes.set(`${thing.id}/${version.id}`, Buffer.from(version.bytes ?? []).toString('utf8'));
    }
  }
  return { things, bytes };
}

/** In a recycle bin, or one itself. */
function isGone(thing: ResourceThing, model: MemorySite['model']): boolean {
  const top = model.pathOf(thing.id)[0]?.id;
  return thing.status !== 'ACTIVE' || !model.users.values().some(({ rootFolderId }) => rootFolderId === top);
}

function folderText(folder: FolderThing): string {
  const { name, parentId, grants } = folder;
  return JSON.stringify({ name, parentId, grants: [...grants.keys()].sort() });
}

function documentText(document: DocumentThing): string {
  const { parentId, labels, customMetadata, grants, versions } = document;
  return JSON.stringify({
    name: nameOf(document),
    parentId,
    labels: [...labels].sort(),
    customMetadata: [...customMetadata].sort(),
    grants: [...grants.keys()].sort(),
    latest: latestOf(document)?.id,
    versions: versions
      .map(({ id, status, comments }) => [id, status, comments.map((comment) => comment.text)])
      .sort(),
  });
}

/** A folder's record, in the words of the truth. @param owners ids of users, who have all rights of their own */
export function folderRecordText({ name, parentId, permissions = [] }: FolderRecord): string {
  return JSON.stringify({ name, parentId, grants: grantsOf(permissions) });
}

export function documentRecordText(record: DocumentRecord): string {
  const { name, parentId, labels = [], customMetadata = {}, permissions = [], latest, versions } = record;
  return JSON.stringify({
    name,
    parentId,
    labels,
    customMetadata: Object.entries(customMetadata).sort(),
    grants: grantsOf(permissions),
    latest,
    versions: versions
      .filter(({ status }) => status !== 'DELETED')
      .map(({ id, status, comments = [] }) => [id, status, comments.map(({ text }) => text)])
      .sort(),
  });
}

function grantsOf(permissions: NonNullable<DocumentRecord['permissions']>): string[] {
  const granted = permissions.filter(({ roles }) => roles.some(({ role }) => role === 'VIEWER'));
  return granted.map(({ principal }) => principal).sort();
}
