import type { Permission, SiteComment } from '@holdfast/core/kinds/workdocs/model/records.ts';
import type {
  SiteActivity,
  SiteContent,
  SiteDocument,
  SiteFolder,
  SiteUser,
  SiteVersion,
} from '@holdfast/core/kinds/workdocs/site.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { namedValues } from '@holdfast/core/model/named-values.ts';
import type { LoggedActivity } from './site-log.ts';
import type { SiteState } from './site-state.ts';
import {
  type CommentThing,
  type DocumentThing,
  type FolderThing,
  latestOf,
  type ResourceThing,
  type UserThing,
  type VersionThing,
} from './site-things.ts';

// What a site in memory shows of its things, as the port has it.

export function userView(user: UserThing): SiteUser {
  return { ...user };
}

export function folderView(folder: FolderThing): SiteFolder {
  return { ...resourceView(folder), name: folder.name };
}

export function documentView(document: DocumentThing): SiteDocument {
  const latest = latestOf(document);
  return { ...resourceView(document), ...defined({ latest: latest && versionView(latest) }) };
}

export function contentView(thing: ResourceThing): SiteContent {
  return thing.kind === 'folder'
    ? { kind: 'folder', folder: folderView(thing) }
    : { kind: 'document', document: documentView(thing) };
}

export function versionView(version: VersionThing): SiteVersion {
  const { bytes: _, comments: __, customMetadata: ___, ...shown } = version;
  return shown;
}

export function commentView({ by, at, ...comment }: CommentThing): SiteComment {
  return { ...comment, by, at, status: 'PUBLISHED' };
}

export function activityView({ type, at, kind, id, name }: LoggedActivity): SiteActivity {
  return { type, at, item: { kind, id, name } };
}

/** Who may do what with a thing: its owner, those it is shared with, and those that what it lies in is shared with. */
export function permissionViews(site: SiteState, id: string): Array<Permission & { readonly order: number }> {
  const found = new Map<string, { type: string; roles: Array<{ role: string; type: string }> }>();
  const add = (principal: string, type: string, role: { role: string; type: string }) => {
    const known = found.get(principal) ?? { type, roles: [] };
    known.roles.push(role);
    found.set(principal, known);
  };
  const path = site.pathOf(id);
  add(site.ownerOf(id).id, 'USER', { role: 'OWNER', type: 'DIRECT' });
  for (const thing of path) {
    const how = thing.id === id ? 'DIRECT' : 'INHERITED';
    for (const [principal, { type, role }] of thing.grants) add(principal, type, { role, type: how });
  }
  return [...found].map(([principal, { type, roles }], order) => ({ principal, type, roles, order }));
}

export function metadataView(metadata: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return namedValues(metadata);
}

function resourceView(thing: ResourceThing) {
  const { id, parentId, creatorId, createdAt, modifiedAt, status, labels } = thing;
  return { id, creatorId, createdAt, modifiedAt, status, labels: [...labels], ...defined({ parentId }) };
}
