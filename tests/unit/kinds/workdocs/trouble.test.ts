import { recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, SITE_SOURCE, type SitePipeline } from './support/site-pipeline.ts';

let world: SitePipeline;
let root: string;

beforeEach(async () => {
  const given = await givenSite();
  world = given.world;
  root = given.alice.rootFolderId;
  world.requests();
});

const upload = (body: string, name: string) => world.people.upload({ parentId: root }, body, { name });
const entryOf = (id: string) => world.entry('document', id);

describe('a site that', () => {
  it('throttles is asked again, until it answers', async () => {
    const { documentId } = upload('x', 'x');
    world.pass(1);
    await world.send('site', { kind: 'poll', source: SITE_SOURCE });
    await world.handle({ queue: 'site', id: 'p', body: world.queue.take('site')[0] ?? '', receives: 0 });
    world.site.throttle(3);
    await world.drain();
    expect((await entryOf(documentId))?.state).toBe('current');
    expect(world.dead).toEqual([]);
  });

  it('gives no access to one document loses none of the others, and does not look at them twice', async () => {
    const ids = ['a', 'b', 'c', 'd'].map((name) => upload(name, name).documentId);
    const [denied = '', ...rest] = ids;
    world.people.denied.add(denied);
    await world.pollSoon();
    for (const id of rest) expect((await entryOf(id))?.state).toBe('current');
    expect(await entryOf(denied)).toMatchObject({ state: 'unprotected', reason: 'access-denied' });
    expect(world.requests()).toMatchObject({ download: 3, permissions: 3 });
    expect(world.dead).toHaveLength(1);
    expect((await world.source()).totals).toMatchObject({ objects: 3, unprotected: 1 });
  });

  describe('gives no access to something', () => {
    let body: string;
    const deliver = (receives: number) => world.handle({ queue: 'documents', id: 'm', body, receives });

    async function pollUp(): Promise<void> {
      world.pass(1);
      await world.send('site', { kind: 'poll', source: SITE_SOURCE });
      await world.handle({ queue: 'site', id: 'p', body: world.queue.take('site')[0] ?? '', receives: 0 });
      body = world.queue.take('documents')[0] ?? '';
    }

    it('is told of by status at the first refusal, and asked again', async () => {
      const { documentId } = upload('x', 'x');
      world.people.denied.add(documentId);
      await pollUp();
      await expect(deliver(0)).rejects.toThrow('could not be captured');
      expect(await entryOf(documentId)).toMatchObject({
        state: 'unprotected',
        reason: 'access-denied',
        detail: expect.stringContaining(documentId),
      });
      await expect(deliver(1)).rejects.toThrow('could not be captured');
      expect((await world.source()).totals).toMatchObject({ objects: 0, unprotected: 1 });
      expect(world.telemetry.values('UnprotectedObjects')).toEqual([]);
      world.people.denied.clear();
      await deliver(2);
      expect((await entryOf(documentId))?.state).toBe('current');
      expect((await world.source()).totals).toMatchObject({ objects: 1, unprotected: 0 });
    });

    it('is told of at once beside what went well', async () => {
      upload('x', 'x');
      const { documentId } = upload('y', 'y');
      world.people.denied.add(documentId);
      await pollUp();
      await deliver(0);
      expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'access-denied' });
      expect((await world.source()).totals).toMatchObject({ objects: 1, unprotected: 1 });
      await world.drain();
      expect(world.dead).toHaveLength(1);
      expect((await world.source()).totals).toMatchObject({ objects: 1, unprotected: 1 });
      expect(world.telemetry.values('UnprotectedObjects')).toEqual([1]);
    });

    it('is told of while a crawl still tries it, which is not over before', async () => {
      const { documentId } = upload('y', 'y');
      world.people.denied.add(documentId);
      await world.send('site', { kind: 'crawl', source: SITE_SOURCE, trigger: 'manual', jobId: 'c' });
      await world.handle({ queue: 'site', id: 'c', body: world.queue.take('site')[0] ?? '', receives: 0 });
      const [first = '', ...others] = world.queue.take('documents');
      body = first;
      expect([body.includes(documentId), others]).toEqual([true, []]);
      await deliver(0);
      expect((await entryOf(documentId))?.reason).toBe('access-denied');
      expect(await world.job('c')).toMatchObject({ state: 'running', batchesQueued: 2, batchesDone: 1 });
      await world.drain();
      expect(await world.job('c')).toMatchObject({ state: 'partial', counts: { failed: 1 } });
      expect((await world.source()).totals).toMatchObject({ objects: 0, unprotected: 1 });
    });

    it('that is gone by then leaves the totals of a crawl right', async () => {
      const { documentId } = upload('y', 'y');
      upload('stays', 'x');
      await world.pollSoon();
      world.pass(60);
      world.people.delete(documentId);
      let refusals = 1;
      world.site.requests.before = (op, [id]) => {
        if (op !== 'document' || id !== documentId || refusals === 0) return;
        refusals -= 1;
        throw new SiteError('access-denied', 'UnauthorizedResourceAccessException');
      };
      expect(await world.crawl('c')).toMatchObject({ state: 'done', counts: { suspectsDeleted: 1 } });
      expect(refusals).toBe(0);
      expect((await world.source()).totals).toMatchObject({ objects: 1, bytes: 5, unprotected: 0 });
    });

    it('is not taken for busy: what may pass within minutes is recorded after the last delivery alone', async () => {
      const { documentId } = upload('x', 'x');
      world.site.requests.before = (op) => {
        if (op === 'document') throw new SiteError('conflict', 'locked');
      };
      await pollUp();
      await expect(deliver(0)).rejects.toThrow('could not be captured');
      expect(await entryOf(documentId)).toBeUndefined();
      await expect(deliver(4)).rejects.toThrow('could not be captured');
      expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'failed' });
    });
  });

  it('gives no access makes a crawl partial, which says of what', async () => {
    const ids = ['a', 'b'].map((name) => upload(name, name).documentId);
    world.people.denied.add(ids[0] ?? '');
    const job = await world.crawl('later');
    expect(job).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    const problems = await Array.fromAsync(world.catalog.listProblems('later'));
    expect(problems).toMatchObject([{ key: `document/${ids[0]}`, reason: 'failed' }]);
    world.people.denied.clear();
    world.pass(60);
    expect(await world.crawl('mended')).toMatchObject({ state: 'done' });
    expect((await entryOf(ids[0] ?? ''))?.state).toBe('current');
  });
});

describe('a document that', () => {
  it('is checked out is captured as it is', async () => {
    const { documentId } = upload('x', 'x');
    world.people.checkOut(documentId);
    await world.pollSoon();
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it('cannot be read while it is changed is tried again', async () => {
    const { documentId } = upload('x', 'x');
    let refusals = 2;
    world.site.requests.before = (op) => {
      if (op !== 'versions' || refusals === 0) return;
      refusals -= 1;
      throw new SiteError('conflict', 'the document is locked');
    };
    await world.pollSoon();
    expect(refusals).toBe(0);
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it('is being uploaded is recorded as that, fails nothing, and is captured when the upload has ended', async () => {
    const ref = world.people.beginUpload({ parentId: root }, { name: 'slow.bin', size: 4 });
    const job = await world.crawl('during');
    expect(job).toMatchObject({ state: 'done', counts: { uploading: 1 } });
    expect(await entryOf(ref.documentId)).toMatchObject({ state: 'unprotected', reason: 'uploading' });
    expect(world.record('document', ref.documentId)).toMatchObject({
      name: 'slow.bin',
      versions: [{ id: ref.versionId, missing: 'uploading' }],
    });
    world.pass(60);
    world.people.putBytes(ref, Buffer.from('done'));
    world.people.finishUpload(ref);
    await world.pollSoon();
    expect(await entryOf(ref.documentId)).toMatchObject({ state: 'current', size: 4 });
    expect(world.bytes(ref.documentId, ref.versionId)).toBe('done');
  });

  it('gets a new version that is being uploaded keeps the one that it has', async () => {
    const { documentId, versionId } = upload('x', 'x');
    world.people.beginUpload({ documentId }, { size: 4 });
    await world.pollSoon();
    expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'uploading', size: 1 });
    expect(world.bytes(documentId, versionId)).toBe('x');
  });
});

describe('a document whose record in the vault cannot be read', () => {
  let documentId: string;
  let versionId: string;
  let key: string;

  beforeEach(async () => {
    ({ documentId, versionId } = upload('x', 'x'));
    await world.pollSoon();
    key = recordKey(SITE, { kind: 'document', id: documentId });
    await world.store.put({ bucket: 'vault', key }, '{"format":2}', 'application/json');
    world.pass(60);
    world.requests();
  });

  it('gets a new one when it changes, and its bytes are not read again', async () => {
    world.people.rename(documentId, 'y');
    await world.pollSoon();
    expect(world.record('document', documentId)).toMatchObject({ name: 'y', versions: [{ id: versionId }] });
    expect(world.record('document', documentId)?.versions[0]?.kept).toBeDefined();
    expect((await entryOf(documentId))?.state).toBe('current');
    expect(world.requests()['download']).toBeUndefined();
  });

  it('is hidden when it is recycled', async () => {
    world.people.recycle(documentId);
    await world.pollSoon();
    expect((await world.history(key))[0]).toBe('marker');
    expect((await entryOf(documentId))?.state).toBe('deleted');
  });

  describe('is hidden with the bytes of all its versions', () => {
    let keys: string[];
    let ids: Array<string | undefined>;
    const other = () => versionKey(SITE, `${documentId}-2`, 'v');

    beforeEach(async () => {
      world.people.rename(documentId, 'y');
      const more = [world.people.upload({ documentId }, 'two'), world.people.upload({ documentId }, 'three')];
      await world.pollSoon();
      await world.store.put({ bucket: 'vault', key }, '{"format":2}', 'application/json');
      keys = [versionId, ...more.map((one) => one.versionId)].map((id) => versionKey(SITE, documentId, id));
      ids = await Promise.all(keys.map(currentId));
      await world.store.put({ bucket: 'vault', key: other() }, 'of another document', 'text/plain');
      const { list } = world.store;
      world.store.list = (request) => list.call(world.store, { ...request, limit: 1 });
      world.pass(60);
    });

    async function currentId(at: string): Promise<string | undefined> {
      const head = await world.store.head({ bucket: 'vault', key: at });
      return head.found ? head.object.versionId : undefined;
    }

    async function expectHidden(): Promise<void> {
      expect((await world.history(key))[0]).toBe('marker');
      for (const [n, one] of keys.entries()) {
        expect((await world.history(one))[0]).toBe('marker');
        const tags = await world.store.getTags({
          bucket: 'vault',
          key: one,
          ...defined({ versionId: ids[n] }),
        });
        expect(tags).toMatchObject({ Deleted: 'True' });
      }
      expect(await world.history(other())).toEqual(['of another document']);
      expect((await entryOf(documentId))?.state).toBe('deleted');
    }

    it('when it is recycled, however many listings they take', async () => {
      world.people.recycle(documentId);
      await world.pollSoon();
      await expectHidden();
    });

    it('when the handler dies after it hid the record, or some of the bytes', async () => {
      for (const nth of [2, 3]) {
        let hides = 0;
        world.s3.requests.before = (op) => {
          if (op !== 'hide') return;
          hides += 1;
          if (hides === nth) throw new Error('died');
        };
        world.people.recycle(documentId);
        await world.pollSoon();
        await expectHidden();
        world.s3.requests.before = undefined;
        world.people.restore(documentId);
        await world.pollSoon();
        for (const one of keys) expect((await world.history(one))[0]).not.toBe('marker');
        await world.store.put({ bucket: 'vault', key }, '{"format":2}', 'application/json');
        ids = await Promise.all(keys.map(currentId));
        world.pass(60);
      }
    });
  });
});

it('a document of more versions than there is time for is captured in several deliveries', async () => {
  const { documentId } = upload('0', 'x');
  for (let n = 1; n < 7; n++) world.people.upload({ documentId }, `${n}`);
  let [left, deliveries, late] = [0, 0, 0];
  world.timeLeft = () => {
    if (world.handled.length !== deliveries) left = 900_000;
    deliveries = world.handled.length;
    return left;
  };
  world.site.requests.before = (op) => {
    if (op !== 'download') return;
    if (left <= 0) late += 1;
    left -= 300_000;
  };
  await world.pollSoon();
  expect(late).toBe(0);
  expect((await entryOf(documentId))?.state).toBe('current');
  expect(world.record('document', documentId)?.versions).toHaveLength(7);
  expect(world.requests()['download']).toBe(7);
  expect(world.dead).toEqual([]);
});

it('a name with half of a character in it is in the record as it is, and in the catalog as text', async () => {
  const { documentId } = upload('x', 'x\ud83e.txt');
  await world.pollSoon();
  expect((await entryOf(documentId))?.name).toBe('x\ufffd.txt');
  expect(world.record('document', documentId)?.name).toBe('x\ud83e.txt');
  world.people.recycle(documentId);
  world.pass(60);
  await world.poll();
  expect(await entryOf(documentId)).toMatchObject({ state: 'deleted', name: 'x\ufffd.txt' });
});

describe('a download that', () => {
  it('comes by a URL that has expired gets a new one', async () => {
    const { documentId, versionId } = upload('x', 'x');
    let expired = false;
    world.site.requests.before = (op) => {
      if (op !== 'download' || expired) return;
      expired = true;
      throw new SiteError('expired-url', 'the URL has expired');
    };
    await world.pollSoon();
    expect(world.bytes(documentId, versionId)).toBe('x');
    expect(world.requests()).toMatchObject({ version: 2, download: 2, document: 1 });
  });

  it.each([
    ['content', 'came damaged'],
    ['shorter', 'came damaged'],
    ['broken', 'broke'],
    ['refused', 'cannot be had'],
  ] as const)('is spoilt (%s) is never kept, and the entry says why', async (how, words) => {
    const good = upload('good', 'good');
    const bad = upload('some bytes', 'bad');
    world.site.spoilt.set(bad.versionId, how);
    await world.pollSoon();
    expect((await entryOf(good.documentId))?.state).toBe('current');
    expect(await entryOf(bad.documentId)).toMatchObject({
      state: 'unprotected',
      reason: 'failed',
      detail: expect.stringContaining(words),
    });
    expect(world.bytes(bad.documentId, bad.versionId)).toBeUndefined();
    world.site.spoilt.clear();
    world.pass(60);
    expect(await world.crawl('mended')).toMatchObject({ state: 'done' });
    expect(world.bytes(bad.documentId, bad.versionId)).toBe('some bytes');
  });

  it('is spoilt keeps the other versions of its document out of the vault no longer than its last delivery', async () => {
    const { documentId, versionId: bad } = upload('one', 'x');
    world.pass(1);
    const { versionId: good } = world.people.upload({ documentId }, 'two');
    world.site.spoilt.set(bad, 'content');
    await world.pollSoon();
    expect(world.bytes(documentId, good)).toBe('two');
    expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'failed' });
    expect(world.record('document', documentId)?.versions).toMatchObject([
      { id: bad, missing: expect.stringContaining('damaged') },
      { id: good, kept: { size: 3 } },
    ]);
  });

  it('says of no length how long it is, is compared all the same', async () => {
    const { documentId, versionId } = upload('some bytes', 'x');
    world.site.spoilt.set(versionId, 'no-length');
    await world.pollSoon();
    expect(world.bytes(documentId, versionId)).toBe('some bytes');
  });

  it('leads to nothing (404) is no proof that the document is gone', async () => {
    const { documentId } = upload('x', 'x');
    await world.pollSoon();
    world.pass(60);
    const { versionId } = world.people.upload({ documentId }, 'y');
    const { download } = world.site;
    world.site.download = async () => {
      throw new SiteError('not-found', '404');
    };
    await world.pollSoon();
    expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'failed' });
    world.site.download = download;
    world.pass(60);
    await world.crawl('mended');
    expect(world.bytes(documentId, versionId)).toBe('y');
  });

  it.each([
    ['md5 in hex', 'b5c0b187fe309af0f4d35982fd961d7e', true],
    ['SHA-256 in hex', '686f746a95b6f836d7d70567c302c3f9ebb5ee0def3d1220ee9d4e9f34f5e131', true],
    ['md5 in base64', 'tcCxh/4wmvD001mC/ZYdfg==', true],
    ['something else', 'v1:abc', false],
  ])('has a signature that is %s', async (_, signature, isCompared) => {
    const { documentId, versionId } = world.people.upload({ parentId: root }, 'love', {
      name: 'x',
      signature,
    });
    await world.pollSoon();
    expect(world.record('document', documentId)?.versions[0]?.signature).toBe(signature);
    expect(world.bytes(documentId, versionId)).toBe('love');
    const other = world.people.upload({ parentId: root }, 'hate', { name: 'y', signature });
    await world.pollSoon();
    expect(world.bytes(other.documentId, other.versionId)).toBe(isCompared ? undefined : 'hate');
  });
});

describe('a handler that dies', () => {
  it('between the vault and the catalog costs no second download', async () => {
    const { documentId, versionId } = upload('x', 'x');
    let died = false;
    world.catalog.requests.before = (op, [entry]) => {
      if (op !== 'putEntry' || died || !JSON.stringify(entry).includes(documentId)) return;
      died = true;
      throw new Error('the table is out of reach');
    };
    await world.pollSoon();
    expect(died).toBe(true);
    expect((await entryOf(documentId))?.state).toBe('current');
    expect(await world.history(versionKey(SITE, documentId, versionId))).toEqual(['x']);
    expect(world.requests()['download']).toBe(1);
  });

  it('after it wrote a record, of a batch whose others went well, does not leave it as if it were there', async () => {
    upload('y', 'y');
    const { documentId } = upload('x', 'x');
    world.s3.requests.after = (op, args) => {
      if (op !== 'put' || !JSON.stringify(args).includes(documentId)) return;
      world.s3.requests.after = undefined;
      world.people.recycle(documentId);
      throw new Error('the answer was lost');
    };
    await world.pollSoon();
    const key = recordKey(SITE, { kind: 'document', id: documentId });
    expect((await world.history(key))[0]).toBe('marker');
    expect((await entryOf(documentId))?.state).toBe('deleted');
  });

  it('after it wrote a record that no later message of its own tells of, is found out by the next look', async () => {
    const { documentId } = upload('x', 'x');
    world.catalog.requests.before = (op, args) => {
      if (op === 'putEntry' && JSON.stringify(args).includes(documentId)) throw new Error('out of reach');
    };
    await world.pollSoon();
    expect(world.dead).toHaveLength(1);
    world.catalog.requests.before = undefined;
    world.people.recycle(documentId);
    world.pass(60);
    await world.poll();
    const key = recordKey(SITE, { kind: 'document', id: documentId });
    expect((await world.history(key))[0]).toBe('marker');
  });

  it.each(['putTags', 'hide', 'putEntry'])(
    'at a %s of a deletion leaves nothing half marked',
    async (where) => {
      const { documentId, versionId } = upload('x', 'x');
      await world.pollSoon();
      world.pass(60);
      for (let nth = 1; nth < 4; nth++) {
        world.people.recycle(documentId);
        let left = nth;
        const die = (op: string, args: readonly unknown[]) => {
          if (op !== where || !JSON.stringify(args).includes(documentId)) return;
          left -= 1;
          if (left === 0) throw new Error('died');
        };
        world.s3.requests.before = die;
        world.catalog.requests.before = die;
        await world.pollSoon();
        expect((await entryOf(documentId))?.state).toBe('deleted');
        expect((await world.history(recordKey(SITE, { kind: 'document', id: documentId })))[0]).toBe(
          'marker',
        );
        expect((await world.history(versionKey(SITE, documentId, versionId)))[0]).toBe('marker');
        world.pass(60);
        world.people.restore(documentId);
        await world.pollSoon();
        expect((await entryOf(documentId))?.state).toBe('current');
        expect(world.bytes(documentId, versionId)).toBe('x');
        world.pass(60);
      }
    },
  );

  it('half way through a deletion does not keep what came back meanwhile hidden', async () => {
    const { documentId, versionId } = upload('x', 'x');
    await world.pollSoon();
    world.pass(60);
    world.people.recycle(documentId);
    let hidden = 0;
    world.s3.requests.after = (op) => {
      if (op !== 'hide') return;
      hidden += 1;
      if (hidden !== 2) return;
      // Both are hidden, and the catalog is not told.
      world.people.restore(documentId);
      throw new Error('died');
    };
    await world.pollSoon();
    expect((await entryOf(documentId))?.state).toBe('current');
    expect(world.bytes(documentId, versionId)).toBe('x');
    expect(world.record('document', documentId)?.versions[0]?.kept).toBeDefined();
  });
});

it('a batch for which there is no time begins again elsewhere, with what is left of it', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => upload(name, name).documentId);
  let left = 900_000;
  world.timeLeft = () => left;
  world.site.requests.before = (op) => {
    if (op === 'document') left -= 250_000;
  };
  world.queue.requests.before = () => {
    left = 900_000;
  };
  await world.pollSoon();
  for (const id of ids) expect((await entryOf(id))?.state).toBe('current');
  expect(world.requests()['document']).toBe(6);
});
