import type { SiteActivity } from '@holdfast/core/kinds/workdocs/site.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { describe, expect, it } from 'vitest';
import { givenSite, SITE_SOURCE, SitePipeline } from './support/site-pipeline.ts';

const MINUTE = 60_000;

describe('a poll', () => {
  it('captures what was uploaded since the last one', async () => {
    const { world, alice } = await givenSite();
    const { documentId, versionId } = world.people.upload({ parentId: alice.rootFolderId }, 'new', {
      name: 'n',
    });
    await world.pollSoon();
    expect(world.bytes(documentId, versionId)).toBe('new');
    expect(await world.entry('document', documentId)).toMatchObject({ state: 'current', lagMs: MINUTE });
    expect(world.telemetry.values('Lag')).toEqual([MINUTE]);
    const { totals, lag, lastEventAt } = await world.source();
    expect(totals).toMatchObject({ objects: 1, bytes: 3, captured: 1 });
    expect(lag.reduce((sum, n) => sum + n)).toBe(1);
    expect(lastEventAt).toBe(world.now - MINUTE);
  });

  it('moves its cursor, and asks of what it has seen already for nothing again', async () => {
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

  it('without a cursor reads from when the site was protected', async () => {
    const world = new SitePipeline();
    const alice = world.people.createUser('alice');
    world.pass(600);
    await world.protect();
    const asked: number[] = [];
    world.site.requests.before = (op, args) => {
      if (op === 'activities') asked.push((args[0] as { since: number }).since);
    };
    world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    const protectedAt = world.now;
    await world.pollSoon();
    expect(asked).toEqual([protectedAt - 30 * MINUTE]);
  });

  it('finds an activity that shows up late', async () => {
    const { world, alice } = await givenSite();
    world.people.log.fate = () => ({ seenFrom: world.now + 20 * MINUTE });
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    await world.pollSoon();
    expect(await world.entry('document', documentId)).toBeUndefined();
    world.pass(20);
    await world.poll();
    expect((await world.entry('document', documentId))?.state).toBe('current');
  });

  it('looks at a thing once, however often something happened to it, as of the last time', async () => {
    const { world, alice } = await givenSite();
    world.people.log.fate = () => 'doubled';
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    for (const name of ['a', 'b', 'c']) {
      world.pass(1);
      world.people.rename(documentId, name);
    }
    await world.pollSoon();
    expect(world.requests()['document']).toBe(1);
    expect(await world.entry('document', documentId)).toMatchObject({ name: 'c', lagMs: MINUTE });
  });

  it('queues 20,000 changes, and moves the cursor only then', async () => {
    const { world } = await givenSite();
    const at = world.now;
    const all = Array.from({ length: 20_000 }, (_, n) => activity(`d${n}`, at));
    world.site.activities = async ({ marker = '0' }) => {
      const from = Number(marker);
      return {
        items: all.slice(from, from + 100),
        ...(from + 100 < all.length ? { next: `${from + 100}` } : {}),
      };
    };
    const queued = new Set<string>();
    world.queue.requests.after = async (_, [queue]) => {
      if (queue !== 'documents') return;
      for (const body of world.queue.take('documents'))
        for (const { id } of JSON.parse(body).items as Array<{ id: string }>) queued.add(id);
      expect((await world.source()).cursor).toBeUndefined();
    };
    await world.pollSoon();
    expect(queued.size).toBe(20_000);
    expect((await world.source()).cursor).toBe(world.now);
  });

  it('asks of what the settings leave out for nothing but what it is and where', async () => {
    const { world, alice } = await givenSite({}, { prefix: 'alice/plans/' });
    let { rootFolderId: parentId } = alice;
    for (let depth = 0; depth < 5; depth++) parentId = world.people.createFolder(parentId, 'private').id;
    for (let n = 0; n < 10; n++) world.people.upload({ parentId }, 'x', { name: `${n}` });
    world.requests();
    await world.pollSoon();
    expect(world.requests()).toEqual({ activities: 1, folder: 5, document: 10, path: 15 });
  });

  it('whose time is short goes on by message, and moves the cursor at its end', async () => {
    const { world, alice } = await givenSite();
    world.site.pages.size = 1;
    const ids = ['a', 'b', 'c'].map(
      (name) => world.people.upload({ parentId: alice.rootFolderId }, name, { name }).documentId,
    );
    world.timeLeft = () => (world.handled.at(-1)?.queue === 'site' ? 1_000 : 900_000);
    await world.pollSoon();
    expect(world.handled.filter(({ body }) => body.includes('"marker"'))).not.toHaveLength(0);
    for (const id of ids) expect((await world.entry('document', id))?.state).toBe('current');
    expect((await world.source()).cursor).toBe(world.now);
  });

  it('begins its window again when its marker is good no more', async () => {
    const { world, alice } = await givenSite();
    world.site.pages.size = 1;
    const ids = ['a', 'b', 'c'].map(
      (name) => world.people.upload({ parentId: alice.rootFolderId }, name, { name }).documentId,
    );
    let expired = false;
    world.site.requests.before = (op, args) => {
      if (op !== 'activities' || expired || (args[0] as { marker?: string }).marker === undefined) return;
      expired = true;
      throw new SiteError('invalid', 'the marker has expired');
    };
    await world.pollSoon();
    expect(expired).toBe(true);
    for (const id of ids) expect((await world.entry('document', id))?.state).toBe('current');
  });

  it('of a site whose markers are never good ends, and says so on the row of the source', async () => {
    const { world, alice } = await givenSite();
    for (let n = 0; n < 9; n++) world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: `${n}` });
    world.site.pages.size = 4;
    let asked = 0;
    world.site.requests.before = (op, args) => {
      if (op !== 'activities') return;
      asked += 1;
      if (asked > 1000) throw new Error('asked for ever');
      if (JSON.stringify(args).includes('"marker"'))
        throw new SiteError('invalid', 'the marker is not valid');
    };
    await world.pollSoon();
    expect(asked).toBeLessThan(100);
    expect(world.dead).toHaveLength(1);
    expect((await world.source()).unreachable).toBe('the marker is not valid');
  });

  it('that dies before all is queued leaves the cursor where it was', async () => {
    const { world, alice } = await givenSite();
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    let died = false;
    world.queue.requests.before = (_, [queue]) => {
      if (queue !== 'documents' || died) return;
      died = true;
      throw new Error('the queue is out of reach');
    };
    world.pass(1);
    await world.send('site', { kind: 'poll', source: SITE_SOURCE });
    const [body = ''] = world.queue.take('site');
    await expect(world.handle({ queue: 'site', id: 'p', body, receives: 0 })).rejects.toThrow('reach');
    expect((await world.source()).cursor).toBeUndefined();
    await world.poll();
    expect((await world.entry('document', documentId))?.state).toBe('current');
  });

  it('that ends late does not take the cursor back', async () => {
    const { world } = await givenSite();
    const { moveCursor } = world.catalog;
    world.catalog.moveCursor = async (source, to) => {
      world.catalog.moveCursor = moveCursor;
      world.pass(5);
      await world.poll();
      return moveCursor.call(world.catalog, source, to);
    };
    const began = world.now;
    await world.poll();
    expect((await world.source()).cursor).toBe(began + 5 * MINUTE);
  });

  it('twice at once captures nothing twice', async () => {
    const { world, alice } = await givenSite();
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    world.pass(5);
    await world.send('site', { kind: 'poll', source: SITE_SOURCE });
    await world.poll();
    expect(world.requests()).toMatchObject({ activities: 2, document: 1, download: 1 });
    expect((await world.entry('document', documentId))?.state).toBe('current');
  });

  it('of a site that refuses says so on the row of the source, and the next one that works takes it back', async () => {
    const { world } = await givenSite();
    const { activities } = world.site;
    world.site.activities = async () => {
      throw new SiteError('access-denied', 'the role may not be assumed');
    };
    await world.poll();
    expect(world.dead).toHaveLength(1);
    expect((await world.source()).unreachable).toContain('may not be assumed');
    world.site.activities = activities;
    await world.poll();
    expect((await world.source()).unreachable).toBeUndefined();
  });

  it('of what is not protected, or was imported, asks nothing', async () => {
    const { world } = await givenSite();
    await world.catalog.patchSource(SITE_SOURCE, { state: 'unprotected' });
    world.requests();
    await world.poll();
    await world.catalog.patchSource(SITE_SOURCE, {
      state: 'protected',
      site: { importedFrom: 's3://exports/a' },
    });
    await world.poll();
    expect(world.requests()).toEqual({});
  });

  it('without any activity marks nothing, also after the end of WorkDocs', async () => {
    const { world, alice } = await givenSite();
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    await world.pollSoon();
    world.people.end();
    for (let n = 0; n < 5; n++) {
      world.pass(60);
      await world.poll();
    }
    expect((await world.entry('document', documentId))?.state).toBe('current');
  });

  it('tells how long ago the last crawl was', async () => {
    const { world } = await givenSite();
    world.pass(120);
    await world.poll();
    expect(world.telemetry.valuesOf('ReconcileAge', SITE_SOURCE).at(-1)).toBe(3 * 3600);
  });

  it('whose message comes after the end of WorkDocs believes nobody who says that all is gone', async () => {
    const { world, alice } = await givenSite();
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    await world.pollSoon();
    world.pass(60);
    world.people.end();
    const item = { kind: 'document', id: documentId, at: world.now };
    await world.send('documents', { kind: 'documents', source: SITE_SOURCE, items: [item] });
    await world.drain();
    expect(await world.entry('document', documentId)).toMatchObject({
      state: 'unprotected',
      reason: 'failed',
      detail: expect.stringContaining('2025-04-25'),
    });
    expect(world.bytes(documentId, world.record('document', documentId)?.latest ?? '')).toBe('x');
  });
});

function activity(id: string, at: number): SiteActivity {
  return { type: 'DOCUMENT_RENAMED', at, item: { kind: 'document', id } };
}
