import { versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, SITE_SOURCE, SitePipeline } from './support/site-pipeline.ts';

let world: SitePipeline;
let root: string;
let outer: string;
let inner: string;
let outerDocument: string;
let innerDocument: string;
let innerVersion: string;

beforeEach(async () => {
  const given = await givenSite();
  world = given.world;
  root = given.alice.rootFolderId;
  outer = world.people.createFolder(root, 'outer').id;
  inner = world.people.createFolder(outer, 'inner').id;
  outerDocument = world.people.upload({ parentId: outer }, 'o', { name: 'o.txt' }).documentId;
  ({ documentId: innerDocument, versionId: innerVersion } = world.people.upload({ parentId: inner }, 'i', {
    name: 'i.txt',
  }));
  world.pass(4);
  await world.pollSoon();
  world.pass(60);
  world.requests();
});

const states = async () => ({
  outer: (await world.entry('folder', outer))?.state,
  inner: (await world.entry('folder', inner))?.state,
  outerDocument: (await world.entry('document', outerDocument))?.state,
  innerDocument: (await world.entry('document', innerDocument))?.state,
});
const ALL = (state: string) => ({ outer: state, inner: state, outerDocument: state, innerDocument: state });

describe('a folder that is', () => {
  it('created is recorded, and an empty one too', async () => {
    const empty = world.people.createFolder(outer, 'empty');
    await world.pollSoon();
    expect(world.record('folder', empty.id)).toMatchObject({
      name: 'empty',
      parentId: outer,
      status: 'ACTIVE',
    });
  });

  it('renamed gets a new record, and no document in it is looked at', async () => {
    world.people.rename(outer, 'plans');
    await world.pollSoon();
    expect(world.record('folder', outer)?.name).toBe('plans');
    expect(world.requests()).toEqual({ activities: 1, folder: 1, permissions: 1 });
  });

  it('moved gets a new record, and no document in it is looked at', async () => {
    const other = world.people.createFolder(root, 'other');
    world.pass(4);
    await world.pollSoon();
    world.requests();
    world.people.move(outer, other.id);
    await world.pollSoon();
    expect(world.record('folder', outer)?.parentId).toBe(other.id);
    expect(world.requests()).toEqual({ activities: 1, folder: 1, permissions: 1 });
  });

  it('shared has it in its own record alone', async () => {
    const bob = world.people.createUser('bob');
    world.people.share(outer, bob.id);
    await world.pollSoon();
    expect(world.record('folder', outer)?.permissions).toMatchObject([
      { principal: expect.anything() },
      { principal: bob.id, roles: [{ role: 'VIEWER' }] },
    ]);
    expect(world.requests()).toEqual({ activities: 1, folder: 1, permissions: 1 });
  });

  it('recycled takes all that is in it with it', async () => {
    world.people.recycle(outer);
    await world.pollSoon();
    expect(await states()).toEqual(ALL('deleted'));
    expect(await world.history(versionKey(SITE, innerDocument, innerVersion))).toEqual(['marker', 'i']);
  });

  it('recycled takes what is in it with it, also where the site only says so of the folder', async () => {
    world.people.recycle(outer);
    for (const id of [inner, outerDocument, innerDocument]) world.people.setState(id, 'ACTIVE');
    await world.pollSoon();
    expect(await states()).toEqual(ALL('deleted'));
  });

  describe('recycled while the markers of its listing go bad', () => {
    beforeEach(() => {
      world.site.pages.size = 1;
      world.timeLeft = () => (world.handled.at(-1)?.queue === 'site' ? 1_000 : 900_000);
      world.people.recycle(outer);
    });

    it('is listed from its beginning again', async () => {
      let begun = 0;
      world.site.requests.before = (op, [id, marker]) => {
        if (op !== 'folderContents' || id !== outer) return;
        if (marker === undefined) begun += 1;
        else if (begun < 2) throw new SiteError('invalid', 'the marker is not valid');
      };
      await world.pollSoon();
      expect(await states()).toEqual(ALL('deleted'));
      expect(world.dead).toEqual([]);
    });

    it('is not listed for ever', async () => {
      world.site.requests.before = (op, [, marker]) => {
        if (op === 'folderContents' && marker !== undefined) throw new SiteError('invalid', 'never valid');
      };
      await world.pollSoon();
      expect(world.dead).toMatchObject([{ queue: 'site' }]);
    });
  });

  it('restored brings all that is in it back', async () => {
    world.people.recycle(outer);
    await world.pollSoon();
    world.pass(10);
    world.people.restore(outer);
    await world.pollSoon();
    expect(await states()).toEqual(ALL('current'));
    expect(world.bytes(innerDocument, innerVersion)).toBe('i');
  });

  it('deleted for good is marked at once, and what was in it by the next crawl', async () => {
    world.people.upload({ parentId: root }, 'x', { name: 'x' });
    world.people.delete(outer);
    await world.pollSoon();
    expect(await states()).toEqual({ ...ALL('current'), outer: 'deleted' });
    world.pass(60);
    await world.crawl('later');
    expect(await states()).toEqual(ALL('deleted'));
  });

  it('recycled while its event is lost is found by a crawl, with all that is in it', async () => {
    world.people.log.fate = () => 'lost';
    world.people.recycle(outer);
    await world.pollSoon();
    expect(await states()).toEqual(ALL('current'));
    const job = await world.crawl('later');
    expect(await states()).toEqual(ALL('deleted'));
    expect(job.state).toBe('done');
    world.pass(60);
    world.people.restore(outer);
    await world.crawl('last');
    expect(await states()).toEqual(ALL('current'));
  });

  it('recycled by a message that died before it looked into it is looked into the next time', async () => {
    world.people.recycle(outer);
    let dead = false;
    world.queue.requests.before = (_, [queue]) => {
      if (queue !== 'site' || dead || world.handled.at(-1)?.queue !== 'documents') return;
      dead = true;
      throw new Error('the queue is out of reach');
    };
    world.pass(1);
    await world.send('documents', {
      kind: 'documents',
      source: SITE_SOURCE,
      items: [{ kind: 'folder', id: outer }],
    });
    await world.drain();
    expect(dead).toBe(true);
    expect(await states()).toEqual(ALL('deleted'));
  });
});

describe('a new user, whom no crawl has seen', () => {
  it('is recorded with the first of what a poll finds', async () => {
    const bob = world.people.createUser('bob');
    const { documentId } = world.people.upload({ parentId: bob.rootFolderId }, 'b', { name: 'b.txt' });
    await world.pollSoon();
    expect((await world.entry('document', documentId))?.state).toBe('current');
    expect(world.record('user', bob.id)).toMatchObject({ name: 'bob', rootFolderId: bob.rootFolderId });
    expect((await world.entry('folder', bob.rootFolderId))?.name).toBe('bob');
  });
});

describe('a folder that no crawl has seen, and that is not new', () => {
  const deepIn = (people: SitePipeline['people'], parentId: string) => {
    const folder = people.createFolder(parentId, 'folder');
    const nested = people.createFolder(folder.id, 'nested');
    return { folder: folder.id, ...people.upload({ parentId: nested.id }, 'x', { name: 'x' }) };
  };

  it('is looked into when it comes into what is covered', async () => {
    const given = await givenSite({}, { prefix: 'alice/plans/' });
    ({ world } = given);
    const plans = world.people.createFolder(given.alice.rootFolderId, 'plans');
    const { folder, documentId } = deepIn(world.people, given.alice.rootFolderId);
    world.pass(120);
    await world.poll();
    world.people.move(folder, plans.id);
    await world.pollSoon();
    expect((await world.entry('document', documentId))?.state).toBe('current');
    expect(walks()).toHaveLength(2);
  });

  it('is looked into when it comes out of the bin, also where something in it tells of it first', async () => {
    const { folder, documentId } = deepIn(world.people, root);
    const beside = world.people.upload({ parentId: folder }, 'x', { name: 'y' });
    world.people.recycle(folder);
    world.pass(120);
    await world.poll();
    world.people.restore(folder);
    world.people.rename(beside.documentId, 'z');
    const items = [{ kind: 'document', id: beside.documentId }];
    const since = world.now - 60_000;
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, since, items });
    await world.drain();
    expect((await world.entry('document', documentId))?.state).toBe('current');
  });

  it('is left to the first crawl', async () => {
    const first = new SitePipeline();
    const { folder } = deepIn(first.people, first.people.createUser('alice').rootFolderId);
    first.pass(120);
    await first.protect();
    first.people.rename(folder, 'other');
    await first.pollSoon();
    expect(first.handled.filter(({ queue }) => queue === 'site')).toHaveLength(1);
  });
});

describe('a folder that many things tell of', () => {
  it('is looked at once', async () => {
    const folder = world.people.createFolder(root, 'many');
    const items = Array.from({ length: 50 }, (_, n) => {
      const { documentId } = world.people.upload({ parentId: folder.id }, 'text', { name: `${n}` });
      return { kind: 'document', id: documentId };
    });
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items });
    await world.drain();
    expect(world.record('folder', folder.id)).toMatchObject({ name: 'many' });
    expect(queued(folder.id)).toEqual([{ kind: 'folder', id: folder.id, needed: true }]);
  });

  it('is asked for once in a batch, and so are those above it, however deep it lies', async () => {
    let parentId = root;
    for (let depth = 0; depth < 20; depth++) parentId = world.people.createFolder(parentId, 'in').id;
    const items = Array.from({ length: 50 }, (_, n) => {
      const { documentId } = world.people.upload({ parentId }, 'text', { name: `${n}` });
      return { kind: 'document', id: documentId };
    });
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items });
    const [body = ''] = world.queue.take('documents');
    await world.handle({ queue: 'documents', id: 'm', body, receives: 0 });
    expect(world.requests()).toMatchObject({ document: 50, folder: 20 });
    await world.drain();
    for (const { id } of items) expect((await world.entry('document', id))?.state).toBe('current');
    expect(world.record('folder', parentId)).toMatchObject({ name: 'in' });
  });

  it('is walked when it was recycled since somebody needed it', async () => {
    const folder = world.people.createFolder(root, 'short');
    const { documentId } = world.people.upload({ parentId: folder.id }, 'x', { name: 'x' });
    const items = [{ kind: 'document', id: documentId }];
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items });
    const [body = ''] = world.queue.take('documents');
    await world.handle({ queue: 'documents', id: 'm', body, receives: 0 });
    expect((await world.entry('document', documentId))?.state).toBe('current');
    world.people.recycle(folder.id);
    await world.drain();
    expect((await world.entry('document', documentId))?.state).toBe('deleted');
  });

  it('is not asked for again where it was only needed, and is recorded by now', async () => {
    const item = { kind: 'folder', id: outer, needed: true };
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items: [item] });
    await world.drain();
    expect(world.requests()).toEqual({});
  });

  it('is not walked because somebody else recorded it meanwhile', async () => {
    const folder = world.people.createFolder(root, 'one');
    const item = { kind: 'folder', id: folder.id };
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items: [item, item, item] });
    await world.drain();
    expect(world.record('folder', folder.id)).toMatchObject({ name: 'one' });
    expect(walks()).toEqual([]);
  });

  it.each([
    ['poll', () => world.pollSoon()],
    ['crawl', () => world.crawl('later')],
  ])('is not walked because a %s was throttled when it asked for it', async (_, look) => {
    world.people.rename(outer, 'plans');
    let refusals = 1;
    world.site.requests.before = (op) => {
      if (op !== 'folder' || refusals === 0) return;
      refusals -= 1;
      throw new SiteError('throttled', 'ThrottlingException');
    };
    await look();
    expect(refusals).toBe(0);
    expect(world.record('folder', outer)?.name).toBe('plans');
    expect(walks()).toEqual([]);
  });

  it('is not walked by a deep crawl, which lists what is in it', async () => {
    await world.crawl('deep', { deep: true });
    expect(walks()).toEqual([]);
  });
});

const bodies = () => world.handled.map(({ body }) => JSON.parse(body));
const walks = () => bodies().filter(({ kind }) => kind === 'walk');

/** What of a thing was in messages, as often as it was queued. */
function queued(id: string): unknown[] {
  return bodies().flatMap(({ items = [] }) => items.filter((item: { id: string }) => item.id === id));
}
