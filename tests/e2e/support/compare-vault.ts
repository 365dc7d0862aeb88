import type { Entry } from '@holdfast/core/model/entry.ts';
import type { ListedObject, ListedVersion } from '@holdfast/core/model/object.ts';
import { bytesOf, catalog, store, vault } from './cloud.ts';
import { isLarge, md5, type Owner, type Story } from './owner.ts';

/** What the vault and the catalog hold of a source. */
export type Held = {
  /** Each key's versions and delete markers, the newest first. */
  readonly histories: ReadonlyMap<string, readonly ListedVersion[]>;
  readonly entries: ReadonlyMap<string, Entry>;
};

export async function heldOf(bucket: string): Promise<Held> {
  return { histories: await historiesOf(bucket), entries: await entriesOf(bucket) };
}

/** All objects of a bucket, by key. */
export async function objectsOf(bucket: string): Promise<Map<string, ListedObject>> {
  const all = new Map<string, ListedObject>();
  for (let after: string | undefined, more = true; more; ) {
    const page = await store.list({ bucket, ...(after === undefined ? {} : { after }) });
    for (const object of page.objects) all.set(object.key, object);
    after = page.objects.at(-1)?.key;
    more = page.more;
  }
  return all;
}

/** Keys whose present state is not, or not rightly, in the vault and the catalog. */
export async function lost(owner: Owner, held: Held): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, story] of owner.stories) {
    const entry = held.entries.get(key);
    const problem = story.present
      ? await wrongIfPresent(owner.bucket, key, story, held, entry)
      : wrongIfGone(key, held, entry);
    if (problem === undefined) continue;
    const history = held.histories.get(key) ?? [];
    wrong.push(`${key}: ${problem}; ${JSON.stringify({ story, entry, history })}`);
  }
  return wrong;
}

async function wrongIfPresent(
  bucket: string,
  key: string,
  { contents }: Story,
  { histories }: Held,
  entry: Entry | undefined,
): Promise<string | undefined> {
  const top = histories.get(key)?.[0];
  if (top === undefined || top.deleteMarker) return 'not on top in the vault';
  if ((await contentIn(bucket, key, top)) !== contents.at(-1))
    return 'another content is on top in the vault';
  if (entry?.state !== 'current') return `its entry is ${entry?.state} (${entry?.reason}, ${entry?.detail})`;
  if (entry.vaultVersionId !== top.versionId) return 'its entry names another version than the one on top';
  return undefined;
}

function wrongIfGone(key: string, { histories }: Held, entry: Entry | undefined): string | undefined {
  const top = histories.get(key)?.[0];
  if (top !== undefined && !top.deleteMarker) return 'its deletion is not marked';
  // One that was gone before anybody saw it has no entry.
  if (entry !== undefined && entry.state !== 'deleted') return `its entry is ${entry.state}`;
  return undefined;
}

/** Keys whose history has a content that they never had, or an older one after a newer one. */
export async function disordered(owner: Owner, held: Held): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, versions] of held.histories) {
    const contents = owner.stories.get(key)?.contents ?? [];
    const kept: number[] = [];
    for (const version of versions.filter(({ deleteMarker }) => !deleteMarker).toReversed())
      kept.push(contents.indexOf(await contentIn(owner.bucket, key, version)));
    const isInOrder = kept.every((generation, at) => generation >= (kept[at - 1] ?? 0));
    if (!isInOrder) wrong.push(`${key}: generations ${kept.join(', ')}`);
  }
  return wrong;
}

/** How many versions are the same again as the one before them. */
export function repeated({ histories }: Held): number {
  let count = 0;
  for (const versions of histories.values()) {
    for (const [at, version] of versions.entries()) {
      const before = versions[at + 1];
      if (version.deleteMarker || before === undefined || before.deleteMarker) continue;
      if (version.etag === before.etag) count++;
    }
  }
  return count;
}

/** Delete markers right on top of another one. */
export function markedTwice({ histories }: Held): string[] {
  return [...histories]
    .filter(([, versions]) => versions.some((one, at) => one.deleteMarker && versions[at + 1]?.deleteMarker))
    .map(([key]) => key);
}

/** The MD5 of an object's bytes: its ETag, unless it was written in parts. */
export async function contentOf(
  bucket: string,
  key: string,
  { etag, versionId }: { readonly etag: string; readonly versionId?: string },
): Promise<string> {
  return isLarge(key) ? md5(await bytesOf(bucket, key, versionId)) : etag;
}

async function contentIn(bucket: string, key: string, version: ListedVersion): Promise<string> {
  return version.deleteMarker ? '' : contentOf(vault, `s3/${bucket}/${key}`, version);
}

async function historiesOf(bucket: string): Promise<Map<string, ListedVersion[]>> {
  const prefix = `s3/${bucket}/`;
  const histories = new Map<string, ListedVersion[]>();
  let marker: { key: string; versionId?: string } | undefined;
  do {
    const page = await store.listVersions({ bucket: vault, prefix, ...(marker && { marker }) });
    for (const version of page.versions) {
      const key = version.key.slice(prefix.length);
      histories.set(key, [...(histories.get(key) ?? []), version]);
    }
    marker = page.next;
  } while (marker !== undefined);
  return histories;
}

async function entriesOf(bucket: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let after: string | undefined, more = true; more; ) {
    const page = await catalog.listEntries(`s3://${bucket}`, after === undefined ? {} : { after });
    for (const entry of page.entries) entries.set(entry.key, entry);
    after = page.entries.at(-1)?.key ?? after;
    more = page.more;
  }
  return entries;
}
