import { versionKey } from '@holdfast/core/model/workdocs/site-key.ts';
import { describe, expect, it } from 'vitest';
import { givenSite, SITE, SitePipeline } from './support/site-pipeline.ts';

describe('the first crawl', () => {
  it('brings users, folders, documents and all their versions into the vault', async () => {
    const world = new SitePipeline();
    await world.protect();
    const alice = world.people.createUser('alice');
    const plans = world.people.createFolder(alice.rootFolderId, 'plans');
    const a = world.people.upload({ parentId: plans.id }, 'one', {
      name: 'a.txt',
      contentType: 'text/plain',
    });
    world.pass(1);
    const b = world.people.upload({ documentId: a.documentId }, 'two');
    const job = await world.crawl('first');
    expect(job.state).toBe('done');
    expect(world.record('user', alice.id)).toMatchObject({ name: 'alice', rootFolderId: alice.rootFolderId });
    expect(world.record('folder', plans.id)).toMatchObject({ name: 'plans', parentId: alice.rootFolderId });
    expect(world.record('folder', alice.rootFolderId)).toBeDefined();
    const record = world.record('document', a.documentId);
    expect(record).toMatchObject({ name: 'a.txt', parentId: plans.id, latest: b.versionId });
    expect(record?.versions.map(({ id }) => id)).toEqual([a.versionId, b.versionId]);
    expect(world.bytes(a.documentId, a.versionId)).toBe('one');
    expect(world.bytes(a.documentId, b.versionId)).toBe('two');
    expect(await world.entry('document', a.documentId)).toMatchObject({
      state: 'current',
      size: 6,
      name: 'a.txt',
    });
    expect((await world.source()).totals).toMatchObject({ objects: 1, bytes: 6, unprotected: 0 });
  });

  it('run again, asks for nothing by its id but the root folder', async () => {
    const { world, alice } = await givenSite();
    for (let n = 0; n < 10; n++)
      world.people.upload({ parentId: alice.rootFolderId }, `${n}`, { name: `${n}` });
    await world.crawl('second');
    world.requests();
    world.pass(60);
    const job = await world.crawl('third');
    expect(job).toMatchObject({ state: 'done' });
    expect(world.requests()).toEqual({ users: 1, folderContents: 2, folder: 1, permissions: 1 });
  });
});

describe('a poll', () => {
  it('captures what was uploaded since the last one', async () => {
    const { world, alice } = await givenSite();
    const { documentId, versionId } = world.people.upload({ parentId: alice.rootFolderId }, 'new', {
      name: 'n',
    });
    await world.pollSoon();
    expect(world.bytes(documentId, versionId)).toBe('new');
    expect(await world.entry('document', documentId)).toMatchObject({ state: 'current', lagMs: 60_000 });
  });

  it('moves its cursor, and finds nothing to ask for the second time', async () => {
    const { world, alice } = await givenSite();
    world.people.upload({ parentId: alice.rootFolderId }, 'new', { name: 'n' });
    world.pass(4);
    await world.pollSoon();
    world.pass(5);
    world.requests();
    await world.poll();
    expect(world.requests()).toEqual({ activities: 1 });
    expect(await world.source()).toMatchObject({ cursor: world.now, lastPollAt: world.now });
  });

  it('writes a record and no bytes for a rename', async () => {
    const { world, alice } = await givenSite();
    const { documentId, versionId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', {
      name: 'old',
    });
    await world.pollSoon();
    world.pass(5);
    world.people.rename(documentId, 'new');
    world.requests();
    await world.pollSoon();
    expect(world.record('document', documentId)?.name).toBe('new');
    expect(await world.history(versionKey(SITE, documentId, versionId))).toEqual(['x']);
    expect(world.requests()).not.toHaveProperty('download');
  });
});
