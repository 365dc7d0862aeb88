import { checksums } from '@holdfast/core/aws/checksums.ts';
import { restoreIntoSite } from '@holdfast/core/kinds/workdocs/restore-into/restore-into-site.ts';
import type {
  DocumentToRestore,
  IntoSiteOptions,
  ThingOutcome,
  ThingToRestore,
  VersionToRestore,
} from '@holdfast/core/kinds/workdocs/restore-into/thing-to-restore.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../../../testing/memory/memory-s3.ts';
import { MemorySite } from '../../../../testing/memory/memory-site.ts';

const VAULT = 'vault';
const NOON = Date.UTC(2026, 4, 1, 12);

let now: number;
let s3: MemoryS3;
let store: MemoryObjectStore;
let site: MemorySite;

beforeEach(() => {
  now = NOON;
  s3 = new MemoryS3({ now: () => now });
  s3.createBucket(VAULT, { versioning: 'enabled' });
  store = new MemoryObjectStore(s3);
  site = newSite();
});

function newSite(): MemorySite {
  const made = new MemorySite({ clock: () => now, organizationId: 'd-2222222222' });
  made.model.createUser('anna');
  return made;
}

/** A version in the vault, whose content was changed as many hours ago as it is told. */
async function version(documentId: string, n: number, text: string): Promise<VersionToRestore> {
  const key = `workdocs/d-1111111111/versions/${documentId}/${n}`;
  const { versionId = '', checksum } = await store.write({ bucket: VAULT, key }, Buffer.from(text));
  return {
    site: 'd-1111111111',
    documentId,
    versionId: `${n}`,
    vault: { key, versionId },
    size: text.length,
    contentType: 'text/plain',
    contentModifiedAt: NOON - 3_600_000 * (100 - n),
    capturedAt: NOON,
    ...(checksum === undefined ? {} : { checksum }),
  };
}

async function document(
  path: string,
  documentId: string,
  ...texts: readonly string[]
): Promise<DocumentToRestore> {
  const versions = await Promise.all(texts.map((text, n) => version(documentId, n + 1, text)));
  return { kind: 'document', path: path.split('/'), versions };
}

async function* from(things: readonly ThingToRestore[]): AsyncGenerator<ThingToRestore> {
  yield* things;
}

function restore(things: readonly ThingToRestore[], options: IntoSiteOptions = {}): Promise<ThingOutcome[]> {
  return Array.fromAsync(
    restoreIntoSite(from(things), { target: site, store, vault: VAULT, checksums }, options),
  );
}

/** Every path of the site, with the content of all versions that are there. */
function tree(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const thing of site.model.resources()) {
    if (thing.parentId === undefined) continue;
    const names = site.model
      .pathOf(thing.id)
      .map((one) => (one.kind === 'folder' ? one.name : nameOf(one.id)));
    const path = names.slice(1).join('/');
    const versions =
      thing.kind === 'folder' ? [] : thing.versions.filter(({ status }) => status === 'ACTIVE');
    expect(found).not.toHaveProperty([path]);
    found[path] = versions.map(({ bytes }) => Buffer.from(bytes ?? []).toString());
  }
  return found;
}

function nameOf(id: string): string {
  return site.model.document(id).versions.at(-1)?.name ?? '';
}

/** Uploads that were marked and never ended. */
function draftsOfOurs(): string[] {
  const versions = [...site.model.resources()].flatMap((one) =>
    one.kind === 'document' ? one.versions : [],
  );
  return versions
    .filter(({ status, customMetadata }) => status === 'INITIALIZED' && customMetadata.size > 0)
    .map(({ id }) => id);
}

function results(outcomes: readonly ThingOutcome[]): string[] {
  return outcomes.map(({ result }) => result);
}

describe('restoring into a site', () => {
  it('makes folders, and uploads each version, the oldest first, with type and times', async () => {
    const things: ThingToRestore[] = [
      { kind: 'folder', path: ['anna', 'empty'] },
      await document('anna/plans/2024/a.txt', 'a', 'one', 'two', 'three'),
      await document('anna/b.txt', 'b', ''),
    ];
    const outcomes = await restore(things);
    expect(results(outcomes)).toEqual(['restored', 'restored', 'restored']);
    expect(outcomes.find(({ thing }) => thing === things[1])).toMatchObject({ versions: 3, bytes: 11 });
    expect(tree()).toEqual({
      empty: [],
      plans: [],
      'plans/2024': [],
      'plans/2024/a.txt': ['one', 'two', 'three'],
      'b.txt': [''],
    });
    const a = [...site.model.resources()].find(({ id }) => site.model.pathOf(id).length === 4);
    expect(a?.kind === 'document' && a.versions.at(-1)).toMatchObject({
      contentType: 'text/plain',
      contentModifiedAt: NOON - 97 * 3_600_000,
      customMetadata: new Map([
        ['holdfast-document', 'd-1111111111/a'],
        ['holdfast-origin', 'd-1111111111/a/3'],
      ]),
    });
  });

  it('restores below what it is told', async () => {
    await restore([await document('bob/plans/a.txt', 'a', 'one')], { into: ['anna', 'from bob'] });
    expect(tree()).toEqual({
      'from bob': [],
      'from bob/bob': [],
      'from bob/bob/plans': [],
      'from bob/bob/plans/a.txt': ['one'],
    });
  });

  it('does nothing when it is run again', async () => {
    const things = [
      { kind: 'folder', path: ['anna', 'empty'] } as const,
      await document('anna/plans/a.txt', 'a', 'one', 'two'),
    ];
    await restore(things);
    const before = tree();
    site.requests.resetCounts();
    const outcomes = await restore(things);
    expect(results(outcomes)).toEqual(['right', 'right']);
    expect(outcomes).toMatchObject([{ versions: 0 }, { versions: 0 }]);
    expect(tree()).toEqual(before);
    expect(site.requests.counts()).toEqual({
      users: 1,
      folderContents: 2,
      document: 1,
      versions: 1,
      version: 2,
    });
  });

  it('puts newer versions on a document that it restored', async () => {
    const whole = await document('anna/a.txt', 'a', 'one', 'two', 'three');
    await restore([{ ...whole, versions: whole.versions.slice(0, 1) }]);
    expect(await restore([whole])).toMatchObject([{ result: 'restored', versions: 2 }]);
    expect(tree()).toEqual({ 'a.txt': ['one', 'two', 'three'] });
  });

  it('says that older versions cannot be put under newer ones', async () => {
    const whole = await document('anna/a.txt', 'a', 'one', 'two', 'three');
    await restore([{ ...whole, versions: whole.versions.slice(-1) }]);
    expect(await restore([whole], { overwrite: 'always' })).toMatchObject([
      { result: 'conflict', detail: expect.stringMatching(/^2 of its versions are older/) },
    ]);
    expect(tree()).toEqual({ 'a.txt': ['three'] });
  });

  it('brings two documents of one name into one folder, and neither twice', async () => {
    const things = [await document('anna/a.txt', 'a', 'first'), await document('anna/a.txt', 'b', 'second')];
    expect(results(await restore(things))).toEqual(['restored', 'restored']);
    expect(results(await restore(things))).toEqual(['right', 'right']);
    const texts = site.model
      .childrenOf(site.model.users.values().next().value?.rootFolderId ?? '')
      .flatMap((thing) =>
        thing.kind === 'document' ? thing.versions.map(({ bytes }) => String(bytes)) : [],
      );
    expect(texts.toSorted()).toEqual(['first', 'second']);
  });

  describe('beside what is there', () => {
    let documentId: string;
    beforeEach(() => {
      const [{ rootFolderId } = { rootFolderId: '' }] = site.model.users.values();
      now = NOON - 5_000;
      documentId = site.model.upload({ parentId: rootFolderId }, 'theirs', { name: 'a.txt' }).documentId;
      now = NOON + 5_000;
    });

    it('leaves alone what differs', async () => {
      expect(await restore([await document('anna/a.txt', 'a', 'ours')])).toMatchObject([
        { result: 'conflict', versions: 0, detail: expect.stringContaining('differs: left alone') },
      ]);
      expect(tree()).toEqual({ 'a.txt': ['theirs'] });
    });

    it('puts versions onto it when told to', async () => {
      const ours = await document('anna/a.txt', 'a', 'ours');
      expect(results(await restore([ours], { overwrite: 'always' }))).toEqual(['restored']);
      expect(tree()).toEqual({ 'a.txt': ['theirs', 'ours'] });
      expect(results(await restore([ours], { overwrite: 'always' }))).toEqual(['right']);
      expect(results(await restore([ours]))).toEqual(['right']);
    });

    it('puts versions onto what is older than the copy, when told to', async () => {
      const ours = await document('anna/a.txt', 'a', 'ours');
      const old = { ...ours, versions: ours.versions.map((one) => ({ ...one, capturedAt: NOON - 10_000 })) };
      expect(results(await restore([old], { overwrite: 'older' }))).toEqual(['conflict']);
      expect(results(await restore([ours], { overwrite: 'older' }))).toEqual(['restored']);
    });

    it('knows the document itself, and what is the same though nobody marked it', async () => {
      const [{ id: versionId = '' } = {}] = site.model.document(documentId).versions;
      const ours = await document('anna/a.txt', documentId, 'theirs');
      const itself = { ...ours, versions: ours.versions.map((one) => ({ ...one, documentId, versionId })) };
      expect(results(await restore([itself]))).toEqual(['right']);
      expect(site.requests.count('addCustomMetadata')).toBe(0);
      const { signature = '' } = site.model.version(documentId, versionId);
      const alike = {
        ...ours,
        versions: ours.versions.map((one) => ({ ...one, documentId: 'x', signature })),
      };
      expect(results(await restore([alike]))).toEqual(['right']);
      // So that it is known again when it has changed.
      expect(site.model.version(documentId, versionId).customMetadata.get('holdfast-origin')).toMatch(/x/);
      expect(tree()).toEqual({ 'a.txt': ['theirs'] });
    });

    it('puts back what somebody changed after a restore only when told to', async () => {
      const ours = await document('anna/b.txt', 'b', 'ours');
      await restore([ours]);
      const restored = [...site.model.resources()].at(-1)?.id ?? '';
      now += 1_000;
      site.model.upload({ documentId: restored }, 'changed');
      expect(results(await restore([ours]))).toEqual(['conflict']);
      expect(results(await restore([ours], { overwrite: 'always' }))).toEqual(['restored']);
      expect(tree()['b.txt']).toEqual(['ours', 'changed', 'ours']);
      expect(results(await restore([ours]))).toEqual(['right']);
    });

    it('puts only one of two of its name onto it', async () => {
      const things = [
        await document('anna/a.txt', 'a', 'first'),
        await document('anna/a.txt', 'b', 'second'),
      ];
      expect(results(await restore(things, { overwrite: 'always' }))).toEqual(['restored', 'restored']);
      expect(site.model.document(documentId).versions).toHaveLength(2);
      expect([...site.model.resources()].filter(({ kind }) => kind === 'document')).toHaveLength(2);
    });

    it('does not take what lies in the recycle bin for there', async () => {
      site.model.recycle(documentId);
      expect(results(await restore([await document('anna/a.txt', 'a', 'ours')]))).toEqual(['restored']);
    });
  });

  describe('that fails', () => {
    it('says which user is missing, and the way out', async () => {
      const things = [await document('bob/a.txt', 'a', 'one'), await document('anna/a.txt', 'b', 'two')];
      const outcomes = await restore(things);
      expect(outcomes.find(({ thing }) => thing === things[0])).toMatchObject({
        result: 'failed',
        detail: expect.stringMatching(
          /no user "bob": make them there, or restore below a user.* --to workdocs:/,
        ),
      });
      expect(tree()).toEqual({ 'a.txt': ['two'] });
    });

    it('says that a site without users may have ended', async () => {
      site.model.end();
      expect(await restore([await document('anna/a.txt', 'a', 'one')])).toMatchObject([
        { result: 'failed', detail: expect.stringContaining('no users at all') },
      ]);
    });

    it('never counts bytes of the vault that are damaged', async () => {
      const ours = await document('anna/a.txt', 'a', 'ours', 'more');
      const damaged = ours.versions.map((one) => ({
        ...one,
        checksum: { algorithm: 'CRC32', value: 'AAAAAA==' },
      }));
      expect(await restore([{ ...ours, versions: damaged }])).toMatchObject([
        { result: 'failed', detail: expect.stringContaining('in the vault is damaged') },
      ]);
      expect(tree()).toEqual({});
    });

    it('says so of a document of which the vault has nothing', async () => {
      expect(await restore([await document('anna/a.txt', 'a')])).toMatchObject([
        { result: 'failed', detail: 'the vault has none of its versions' },
      ]);
    });

    it('goes on with the others', async () => {
      const things = await Promise.all(['a', 'b', 'c'].map((id) => document(`anna/${id}`, id, id)));
      site.requests.before = (op, [request]) => {
        if (op === 'beginUpload' && JSON.stringify(request).includes('"b"'))
          throw new SiteError('conflict', 'no');
      };
      const outcomes = await restore(things);
      expect(outcomes.map(({ thing, result }) => [thing.path.at(-1), result]).toSorted()).toEqual([
        ['a', 'restored'],
        ['b', 'failed'],
        ['c', 'restored'],
      ]);
      site.requests.before = undefined;
      expect(results(await restore(things)).toSorted()).toEqual(['restored', 'right', 'right']);
    });
  });

  it('takes a folder that somebody made at the same time', async () => {
    site.requests.before = (op, [parentId, name]) => {
      if (op === 'createFolder') site.model.createFolder(String(parentId), String(name));
    };
    expect(results(await restore([await document('anna/plans/a.txt', 'a', 'one')]))).toEqual(['restored']);
    expect(tree()).toEqual({ plans: [], 'plans/a.txt': ['one'] });
  });

  it('begins an upload again when its URL has expired', async () => {
    let times = 0;
    site.requests.before = (op) => {
      if (op === 'upload' && ++times < 3) throw new SiteError('expired-url', 'expired');
    };
    expect(results(await restore([await document('anna/a.txt', 'a', 'one')]))).toEqual(['restored']);
    expect(tree()).toEqual({ 'a.txt': ['one'] });
  });

  it('marks afterwards where an upload cannot be marked before its end', async () => {
    site.requests.before = (op, [documentId, versionId]) => {
      if (op !== 'addCustomMetadata') return;
      const { status } = site.model.version(String(documentId), String(versionId));
      if (status !== 'ACTIVE') throw new SiteError('conflict', 'ProhibitedStateException');
    };
    const things = [await document('anna/a.txt', 'a', 'one', 'two')];
    expect(results(await restore(things))).toEqual(['restored']);
    expect(results(await restore(things))).toEqual(['right']);
    const marks = [...site.model.resources()].flatMap((one) =>
      one.kind === 'document'
        ? one.versions.map(({ customMetadata }) => customMetadata.get('holdfast-origin'))
        : [],
    );
    expect(marks).toEqual(['d-1111111111/a/1', 'd-1111111111/a/2']);
  });

  it.each(['before', 'after'] as const)(
    'goes on without doubles when it is killed %s any of its requests',
    async (when) => {
      const things: ThingToRestore[] = [
        { kind: 'folder', path: ['anna', 'empty'] },
        await document('anna/plans/a.txt', 'a', 'one', 'two'),
        await document('anna/plans/b.txt', 'b', 'bee'),
      ];
      const whole = { empty: [], plans: [], 'plans/a.txt': ['one', 'two'], 'plans/b.txt': ['bee'] };
      await restore(things, { concurrency: 1 });
      expect(tree()).toEqual(whole);
      const requests = site.requests.count();
      expect(requests).toBeGreaterThan(15);
      for (let killed = 1; killed <= requests; killed += 1) {
        site = newSite();
        let asked = 0;
        site.requests[when] = () => {
          asked += 1;
          if (asked >= killed) throw new SiteError('unavailable', 'killed');
        };
        // Whoever was killed asks for nothing more: what comes after takes no effect either.
        const before = site.requests.before;
        site.requests.before = (op, args) => {
          if (asked >= killed) throw new SiteError('unavailable', 'killed');
          return before?.(op, args);
        };
        await restore(things, { concurrency: 1 });
        site.requests.before = undefined;
        site.requests.after = undefined;
        now += 60_000;
        const outcomes = await restore(things, { concurrency: 2 });
        expect(outcomes.map(({ detail }) => detail)).toEqual([undefined, undefined, undefined]);
        expect(tree(), `killed ${when} request ${killed}`).toEqual(whole);
        expect(draftsOfOurs(), `killed ${when} request ${killed}`).toEqual([]);
        expect(new Set(results(await restore(things)))).toEqual(new Set(['right']));
      }
    },
  );

  it('holds no more of many things than it works on', async () => {
    let ahead = 0;
    async function* many(): AsyncGenerator<ThingToRestore> {
      for (let n = 0; n < 200; n += 1) {
        ahead += 1;
        yield { kind: 'folder', path: ['anna', `${n}`] };
      }
    }
    const world = { target: site, store, vault: VAULT, checksums };
    let most = 0;
    for await (const _ of restoreIntoSite(many(), world, { concurrency: 4 })) {
      most = Math.max(most, ahead);
      ahead -= 1;
    }
    expect(most).toBeLessThanOrEqual(9);
  });
});
