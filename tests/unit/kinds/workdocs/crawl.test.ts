import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE_SOURCE, SitePipeline } from './support/site-pipeline.ts';

type Given = Awaited<ReturnType<typeof givenSite>>;

/** @returns ids of documents in alice's root folder that a poll captured */
async function givenDocuments({ world, alice }: Given, count: number): Promise<string[]> {
  const ids = Array.from(
    { length: count },
    (_, n) => world.people.upload({ parentId: alice.rootFolderId }, `${n}`, { name: `${n}.txt` }).documentId,
  );
  world.pass(4);
  await world.pollSoon();
  world.pass(60);
  world.requests();
  return ids;
}

async function statesOf(world: SitePipeline, ids: readonly string[]): Promise<Set<string | undefined>> {
  return new Set(await Promise.all(ids.map(async (id) => (await world.entry('document', id))?.state)));
}

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
    expect(job).toMatchObject({
      state: 'done',
      kind: 'reconcile',
      counts: { users: 1, folders: 1, documents: 1, captured: 4, capturedBytes: 6 },
    });
    expect(world.record('user', alice.id)).toMatchObject({ name: 'alice', rootFolderId: alice.rootFolderId });
    expect(world.record('folder', plans.id)).toMatchObject({ name: 'plans', parentId: alice.rootFolderId });
    expect(world.record('folder', alice.rootFolderId)).toBeDefined();
    const record = world.record('document', a.documentId);
    expect(record).toMatchObject({ name: 'a.txt', parentId: plans.id, latest: b.versionId });
    expect(record?.versions.map(({ id }) => id)).toEqual([a.versionId, b.versionId]);
    expect(record?.versions[0]).toMatchObject({ contentType: 'text/plain', kept: { size: 3 } });
    expect(world.bytes(a.documentId, a.versionId)).toBe('one');
    expect(world.bytes(a.documentId, b.versionId)).toBe('two');
    expect(await world.entry('document', a.documentId)).toMatchObject({
      state: 'current',
      size: 6,
      name: 'a.txt',
    });
    const { totals, lastReconcileJob } = await world.source();
    expect(totals).toMatchObject({ objects: 1, bytes: 6, unprotected: 0 });
    expect(lastReconcileJob).toBe('first');
  });

  it('of what lay in a recycle bin before leaves nothing in the vault, and counts it', async () => {
    const world = new SitePipeline();
    await world.protect();
    const alice = world.people.createUser('alice');
    const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
    world.people.recycle(documentId);
    expect((await world.crawl('first')).counts).toMatchObject({ recycled: 1 });
    expect(await world.entry('document', documentId)).toBeUndefined();
  });
});

describe('a crawl', () => {
  it('of what is as it was asks for nothing by its id but root folders', async () => {
    const given = await givenSite();
    const { world } = given;
    await givenDocuments(given, 10);
    const job = await world.crawl('later');
    expect(job.state).toBe('done');
    expect(world.requests()).toEqual({ users: 1, folderContents: 2, folder: 1, permissions: 1 });
  });

  it('that looks into everything and finds nothing new writes no record', async () => {
    const given = await givenSite();
    const { world, alice } = given;
    world.people.createFolder(alice.rootFolderId, 'folder');
    await givenDocuments(given, 3);
    const writes: string[] = [];
    world.s3.requests.before = (op) => {
      if (['put', 'write', 'copy'].includes(op)) writes.push(op);
    };
    const job = await world.crawl('later', { deep: true });
    expect(job).toMatchObject({ state: 'done', counts: { alreadyCaptured: 6 } });
    expect(writes).toEqual([]);
  });

  it('in many small steps finds the same, and counts each thing once', async () => {
    const world = new SitePipeline({ keysPerStep: 3, maxRanges: 3 }, { pageSize: 2 });
    world.site.pages.size = 2;
    await world.protect();
    for (const name of ['alice', 'bob', 'carol', 'dan', 'eve']) {
      const user = world.people.createUser(name);
      let parentId = user.rootFolderId;
      for (let depth = 0; depth < 4; depth++) {
        for (let n = 0; n < 3; n++) world.people.upload({ parentId }, `${n}`, { name: `${n}` });
        world.people.createFolder(parentId, 'empty');
        parentId = world.people.createFolder(parentId, `${depth}`).id;
      }
    }
    const job = await world.crawl('first');
    expect(job).toMatchObject({
      state: 'done',
      openRanges: 0,
      counts: { users: 5, folders: 40, documents: 60, objects: 60, entries: 110, captured: 110 },
    });
    expect((await world.source()).totals.objects).toBe(60);
    expect(job.counts).not.toHaveProperty('gone');
    expect(world.handled.filter(({ queue }) => queue === 'site').length).toBeGreaterThan(30);
  });

  it('asks for what is no longer listed by its id, and marks only what is not there', async () => {
    const given = await givenSite();
    const { world } = given;
    const [gone = '', hidden = '', ...rest] = await givenDocuments(given, 8);
    world.people.delete(gone);
    const { folderContents } = world.site;
    world.site.folderContents = async (...args) => {
      const page = await folderContents.call(world.site, ...args);
      const items = page.items.filter((one) => one.kind === 'folder' || one.document.id !== hidden);
      return { ...page, items };
    };
    const job = await world.crawl('later');
    expect(job).toMatchObject({ state: 'done', counts: { gone: 2, deleted: 1, alreadyCaptured: 2 } });
    expect(await statesOf(world, [gone])).toEqual(new Set(['deleted']));
    expect(await statesOf(world, [hidden, ...rest])).toEqual(new Set(['current']));
  });

  it('to which the site lists nothing is held, and told of, and nothing is marked', async () => {
    const given = await givenSite();
    const { world } = given;
    const ids = await givenDocuments(given, 5);
    world.people.end();
    const job = await world.crawl('later');
    expect(job.state).toBe('partial');
    expect(job.message).toContain('2025-04-25');
    expect(job.message).toContain(`holdfast approve ${SITE_SOURCE}`);
    expect(await statesOf(world, ids)).toEqual(new Set(['current']));
    expect((await world.source()).heldDeletions).toMatchObject({ job: 'later', count: 7 });
    expect(world.telemetry.values('HeldDeletions')).toEqual([7]);
    expect((await world.source()).totals.objects).toBe(5);
  });

  it('that finds nobody at all does not look like a backup', async () => {
    const empty = new SitePipeline();
    await empty.protect();
    const job = await empty.crawl('first');
    expect(job.state).toBe('partial');
    expect(job.message).toContain('listed no users: nothing of it is protected');
  });

  it('to which the site lists users and none of their documents is held', async () => {
    const given = await givenSite();
    const { world } = given;
    const ids = await givenDocuments(given, 5);
    world.site.folderContents = async () => ({ items: [] });
    expect(await world.crawl('later')).toMatchObject({ state: 'partial' });
    expect(await statesOf(world, ids)).toEqual(new Set(['current']));
  });

  it('to which the site lists far less is held, and let go when it lists all again', async () => {
    const given = await givenSite();
    const { world } = given;
    const ids = await givenDocuments(given, 40);
    const { folderContents } = world.site;
    world.site.folderContents = async (...args) => {
      const page = await folderContents.call(world.site, ...args);
      return { ...page, items: page.items.slice(0, 20) };
    };
    expect(await world.crawl('short')).toMatchObject({ state: 'partial', counts: { gone: 20 } });
    expect(await statesOf(world, ids)).toEqual(new Set(['current']));
    world.site.folderContents = folderContents;
    world.pass(60);
    expect(await world.crawl('whole')).toMatchObject({ state: 'done' });
    expect((await world.source()).heldDeletions).toBeUndefined();
  });

  it('that a person approved asks for each by its id, and marks what is not there', async () => {
    const given = await givenSite();
    const { world } = given;
    const ids = await givenDocuments(given, 40);
    for (const id of ids.slice(0, 20)) world.people.delete(id);
    expect(await world.crawl('held')).toMatchObject({ state: 'partial' });
    world.pass(60);
    const job = await world.crawl('approved', { trigger: 'approve', approved: true });
    expect(job).toMatchObject({ state: 'done', counts: { deleted: 20 } });
    expect(await statesOf(world, ids.slice(0, 20))).toEqual(new Set(['deleted']));
    expect(await statesOf(world, ids.slice(20))).toEqual(new Set(['current']));
    expect((await world.source()).totals).toMatchObject({ objects: 20 });
  });

  it('that a person approved after the end takes no empty list for what is said about a thing', async () => {
    const given = await givenSite();
    const { world } = given;
    const [id = ''] = await givenDocuments(given, 1);
    const [{ id: versionId } = { id: '' }] = world.record('document', id)?.versions ?? [];
    world.people.comment({ documentId: id, versionId }, 'well done');
    world.people.share(id, 'bob');
    await world.pollSoon();
    const record = world.record('document', id);
    expect(record?.versions[0]?.comments).toHaveLength(1);
    world.people.end({ byId: 'answers' });
    world.pass(60);
    expect(await world.crawl('approved', { approved: true })).toMatchObject({ state: 'partial' });
    expect(world.record('document', id)).toEqual(record);
    expect((await world.entry('document', id))?.state).not.toBe('deleted');
  });

  it('of a site that gives no access says so on the row of the source at once, and takes it back', async () => {
    const { world } = await givenSite();
    world.site.requests.before = () => {
      throw new SiteError('access-denied', 'the role cannot be assumed');
    };
    const body = JSON.stringify({ kind: 'crawl', source: SITE_SOURCE, trigger: 'manual', jobId: 'later' });
    const message = { queue: 'site', id: 'm', body, receives: 0 } as const;
    await expect(world.handle({ ...message })).rejects.toThrow('the role cannot be assumed');
    expect((await world.source()).unreachable).toBe('the role cannot be assumed');
    world.site.requests.before = undefined;
    await world.crawl('later');
    expect((await world.source()).unreachable).toBeUndefined();
  });

  it('of a site that refuses as a whole fails, and marks nothing', async () => {
    const given = await givenSite();
    const { world } = given;
    const ids = await givenDocuments(given, 3);
    const { users } = world.site;
    world.site.users = async () => {
      throw new SiteError('access-denied', 'the role may not be assumed');
    };
    const job = await world.crawl('later');
    expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining('nothing was marked') });
    expect((await world.source()).unreachable).toContain('may not be assumed');
    expect(await statesOf(world, ids)).toEqual(new Set(['current']));
    world.site.users = users;
    expect(await world.crawl('again')).toMatchObject({ state: 'done' });
    expect((await world.source()).unreachable).toBeUndefined();
  });

  describe('of a site that refuses one folder', () => {
    let world: SitePipeline;
    let refused: string;
    let inIt: string;
    let beside: string;

    beforeEach(async () => {
      const given = await givenSite();
      ({ world } = given);
      const { rootFolderId } = given.alice;
      refused = world.people.createFolder(rootFolderId, 'secret').id;
      inIt = world.people.upload({ parentId: refused }, 'x', { name: 'x' }).documentId;
      await world.crawl('before');
      world.pass(60);
      const folder = world.people.createFolder(rootFolderId, 'open');
      beside = world.people.upload({ parentId: folder.id }, 'y', { name: 'y' }).documentId;
    });

    const stateOf = async (id: string) => (await world.entry('document', id))?.state;

    it('brings all the others, and ends partial, which says of what', async () => {
      world.people.denied.add(refused);
      expect(await world.crawl('later')).toMatchObject({ state: 'partial', counts: { failed: 1 } });
      expect(await stateOf(beside)).toBe('current');
      expect(await stateOf(inIt)).toBe('current');
      const problems = await Array.fromAsync(world.catalog.listProblems('later'));
      expect(problems).toMatchObject([
        { key: `folder/${refused}`, detail: expect.stringContaining('listed') },
      ]);
      expect(await world.entry('folder', refused)).toMatchObject({
        state: 'unprotected',
        reason: 'access-denied',
      });
      expect(await world.source()).toMatchObject({ totals: { objects: 2, bytes: 2, unprotected: 1 } });
      expect((await world.source()).unreachable).toBeUndefined();
      world.people.denied.clear();
      world.pass(60);
      expect(await world.crawl('mended')).toMatchObject({ state: 'done' });
      expect(await world.entry('folder', refused)).toMatchObject({ state: 'current' });
    });

    it('tells of it also when the handler dies that is about to', async () => {
      world.people.denied.add(refused);
      let deaths = 1;
      world.catalog.requests.before = (op, [step]) => {
        if (op !== 'completeStep' || deaths === 0) return;
        if ((step as { problems: unknown[] }).problems.length === 0) return;
        deaths -= 1;
        throw new Error('died');
      };
      expect(await world.crawl('later')).toMatchObject({ state: 'partial', counts: { failed: 1 } });
      expect(deaths).toBe(0);
    });

    it('tries it again before it tells', async () => {
      let refusals = 3;
      world.site.requests.before = (op, [id]) => {
        if (op !== 'folderContents' || id !== refused || refusals === 0) return;
        refusals -= 1;
        throw new SiteError('access-denied', 'UnauthorizedResourceAccessException');
      };
      expect(await world.crawl('later')).toMatchObject({ state: 'done', counts: { documents: 2 } });
      expect(refusals).toBe(0);
    });
  });

  it('of a site whose markers are never good fails, and does not list for ever', async () => {
    const { world, alice } = await givenSite();
    for (let n = 0; n < 9; n++) world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: `${n}` });
    world.site.pages.size = 4;
    let asked = 0;
    world.site.requests.before = (op, [, marker]) => {
      if (op !== 'folderContents') return;
      asked += 1;
      if (asked > 1000) throw new Error('asked for ever');
      if (marker !== undefined) throw new SiteError('invalid', 'the marker is not valid');
    };
    const job = await world.crawl('later');
    expect(job).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('the marker is not valid'),
    });
    expect(asked).toBeLessThan(100);
  });

  it('of which very much is gone asks for it in steps that the catalog has room for', async () => {
    const given = await givenSite({ keysPerStep: 20_000 });
    const { world, alice } = given;
    const { id } = world.people.createFolder(alice.rootFolderId, 'all');
    for (let n = 0; n < 3500; n++) world.people.upload({ parentId: id }, 'x', { name: `${n}` });
    await world.crawl('before');
    world.pass(60);
    world.people.delete(id);
    let largest = 0;
    world.catalog.requests.before = (op, [step]) => {
      if (op === 'completeStep') largest = Math.max(largest, JSON.stringify(step).length);
    };
    const job = await world.crawl('approved', { approved: true });
    expect(job).toMatchObject({ state: 'done', counts: { deleted: 3501, suspectsDeleted: 3500 } });
    expect(largest).toBeLessThan(350_000);
  });

  it('of a source that is not protected, or was imported, fails with words', async () => {
    const { world } = await givenSite();
    await world.catalog.patchSource(SITE_SOURCE, { site: { importedFrom: 's3://exports/a' } });
    await world.crawl('imported').catch(() => undefined);
    expect(world.dead).toHaveLength(0);
    expect(await world.catalog.getJob('imported')).toBeUndefined();
  });

  it('whose handler dies before it counted a deletion has the totals right all the same', async () => {
    const given = await givenSite();
    const { world } = given;
    const [id = ''] = await givenDocuments(given, 3);
    world.people.delete(id);
    let deaths = 1;
    world.catalog.requests.before = (op, [step]) => {
      if (op !== 'completeStep' || deaths === 0) return;
      if (!(step as { step: string }).step.startsWith('batch-deletions')) return;
      deaths -= 1;
      throw new Error('died');
    };
    expect(await world.crawl('later')).toMatchObject({ state: 'done' });
    expect(deaths).toBe(0);
    expect((await world.source()).totals.objects).toBe(2);
  });

  it('whose handlers die after they counted a step sends what they counted', async () => {
    const given = await givenSite({ keysPerStep: 3 });
    const { world } = given;
    const { rootFolderId } = given.alice;
    for (let n = 0; n < 12; n++) world.people.createFolder(rootFolderId, `${n}`);
    let requests = 0;
    world.queue.requests.before = (_, [queue]) => {
      requests += 1;
      if (queue !== 'report' && requests > 1 && requests % 3 === 0) throw new Error('died');
    };
    const job = await world.crawl('later');
    expect(job).toMatchObject({ state: 'done', counts: { folders: 12, users: 1 } });
    expect(job.counts['entries']).toBe(14);
    expect(world.dead).toEqual([]);
  });
});

describe('filters', () => {
  const TREE = ['alice/plans/a.pdf', 'alice/plans/b.txt', 'alice/c.pdf', 'bob/d.pdf'] as const;

  async function givenTree(source: Parameters<typeof givenSite>[1]) {
    const world = new SitePipeline();
    await world.protect(source);
    const [alice, bob] = [world.people.createUser('alice'), world.people.createUser('bob')];
    const plans = world.people.createFolder(alice.rootFolderId, 'plans');
    const parents = [plans.id, plans.id, alice.rootFolderId, bob.rootFolderId];
    const ids = TREE.map((path, index) => {
      const name = path.split('/').at(-1) ?? '';
      return world.people.upload({ parentId: parents[index] ?? '' }, path, { name }).documentId;
    });
    const protectedPaths = async () => {
      const states = await Promise.all(ids.map((id) => world.entry('document', id)));
      return TREE.filter((_, index) => states[index] !== undefined);
    };
    return { world, alice, bob, plans, ids, protectedPaths };
  }

  it.each([
    [{ prefix: 'alice/' }, ['alice/plans/a.pdf', 'alice/plans/b.txt', 'alice/c.pdf']],
    [{ prefix: 'alice/plans/' }, ['alice/plans/a.pdf', 'alice/plans/b.txt']],
    [{ include: ['**/*.pdf'] }, ['alice/plans/a.pdf', 'alice/c.pdf', 'bob/d.pdf']],
    [{ include: ['*/*.pdf'] }, ['alice/c.pdf', 'bob/d.pdf']],
    [{ exclude: ['bob/**'] }, ['alice/plans/a.pdf', 'alice/plans/b.txt', 'alice/c.pdf']],
    [{ site: { users: 'bob' } }, ['bob/d.pdf']],
  ])('%j: by a crawl and by a poll alike', async (source, expected) => {
    const crawled = await givenTree(source);
    expect((await crawled.world.crawl('first')).state).toBe('done');
    expect(await crawled.protectedPaths()).toEqual(expected);
    const polled = await givenTree(source);
    await polled.world.pollSoon();
    expect(await polled.protectedPaths()).toEqual(expected);
  });

  it('carry no paths along below a folder that is wanted as a whole, nor beside it', async () => {
    const { world, plans } = await givenTree({ prefix: 'alice/plans/' });
    const quarter = world.people.createFolder(plans.id, 'q3');
    world.people.createFolder(quarter.id, 'july');
    world.timeLeft = () => (world.handled.at(-1)?.queue === 'site' ? 1_000 : 900_000);
    await world.crawl('in-steps');
    const bodies = world.handled.filter(({ queue }) => queue === 'site').map(({ body }) => body);
    const paths = bodies.flatMap((body) => [...body.matchAll(/"path":"([^"]*)"/g)].map(([, path]) => path));
    expect([...new Set(paths)]).toEqual(['alice/']);
    expect(await world.entry('folder', quarter.id)).toBeDefined();
  });

  it.each([{ prefix: 'alice/plans/' }, { site: { users: 'alice' } }, { include: ['alice/*'] }])(
    'made narrower, to %j, hold nothing: what they left out is listed, and still followed',
    async (narrower) => {
      const { world, bob, ids, protectedPaths } = await givenTree({});
      for (let n = 0; n < 12; n++)
        world.people.upload({ parentId: bob.rootFolderId }, 'x', { name: `${n}.txt` });
      await world.crawl('first');
      world.pass(60);
      await world.protect(narrower);
      const later = world.people.upload({ parentId: bob.rootFolderId }, 'new', { name: 'new.txt' });
      world.people.delete(ids[3] ?? '');
      expect(await world.crawl('second')).toMatchObject({ state: 'done', counts: { gone: 1 } });
      expect((await world.entry('document', ids[3] ?? ''))?.state).toBe('deleted');
      expect(await world.entry('document', later.documentId)).toBeUndefined();
      expect(await protectedPaths()).toEqual(TREE);
    },
  );

  it('follow what was within them once', async () => {
    const { world, ids, bob } = await givenTree({ prefix: 'alice/' });
    await world.crawl('first');
    world.pass(60);
    const [id = ''] = ids;
    world.people.move(id, bob.rootFolderId);
    await world.pollSoon();
    expect(world.record('document', id)?.parentId).toBe(bob.rootFolderId);
    world.pass(60);
    expect(await world.crawl('later')).toMatchObject({ state: 'done' });
    expect((await world.entry('document', id))?.state).toBe('current');
  });
});
