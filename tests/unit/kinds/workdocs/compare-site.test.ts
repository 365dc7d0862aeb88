import { hasFilter } from '@holdfast/core/kinds/workdocs/capture/site-place.ts';
import { compareSite } from '@holdfast/core/kinds/workdocs/crawl/compare-site.ts';
import type { StepResult } from '@holdfast/core/kinds/workdocs/crawl/crawl-step.ts';
import type { CrawlStep } from '@holdfast/core/kinds/workdocs/model/site-messages.ts';
import type { SiteContent } from '@holdfast/core/kinds/workdocs/site.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE_SOURCE, type SitePipeline } from './support/site-pipeline.ts';

let world: SitePipeline;
let root: string;
let bin: string;

beforeEach(() => begin());

async function begin(settings: Parameters<typeof givenSite>[0] = {}): Promise<void> {
  const given = await givenSite(settings);
  world = given.world;
  root = given.alice.rootFolderId;
  bin = given.alice.recycleBinFolderId;
  world.requests();
}

/** One step of a crawl. */
async function compare(step: Partial<CrawlStep>, job: Partial<Job> = {}, receives = 1): Promise<StepResult> {
  return compareSite(
    {
      source: await world.source(),
      job: { ...(await world.job('first')), ...job },
      message: { kind: 'crawl', source: SITE_SOURCE, trigger: 'manual' },
      step: { id: '0', phase: 'compare', ...step },
      delivery: world.delivery({ id: 'm', receives }),
    },
    world.world,
  );
}

const upload = (parentId: string, name: string) =>
  world.people.upload({ parentId }, name, { name }).documentId;
const idsOf = ({ items }: StepResult) => items.map(({ id }) => id).sort();
const foldersOf = ({ next }: StepResult) => next.flatMap(({ folders = [] }) => folders);
const folder = (id: string): SiteContent => ({
  kind: 'folder',
  folder: { id, status: 'ACTIVE', labels: [] },
});
const document = (id: string): SiteContent => ({
  kind: 'document',
  document: { id, status: 'ACTIVE', labels: [] },
});

describe('what lies in a bin', () => {
  it.each(['RECYCLED', 'RECYCLING'] as const)(
    'by its status %s is looked at where the catalog has it',
    async (status) => {
      const plans = world.people.createFolder(root, 'plans').id;
      const [a, b, kept] = [upload(root, 'a'), upload(plans, 'b'), upload(root, 'kept')];
      await world.crawl('second');
      upload(plans, 'never seen');
      world.people.setState(plans, status);
      world.people.setState(a, status);
      world.people.setState(b, 'ACTIVE');
      world.requests();
      const result = await compare({ folders: [{ id: root }] });
      expect(world.requests()).toEqual({ folderContents: 2 });
      expect(idsOf(result)).toEqual([plans, a, b].sort());
      expect(result.items).toContainEqual({ kind: 'document', id: b });
      expect(result.counts).toEqual({ recycled: 4, documents: 1 });
      expect(idsOf(result)).not.toContain(kept);
    },
  );

  it('by its place is looked at, and of what is recorded as deleted nothing', async () => {
    const [a, b] = [upload(root, 'a'), upload(root, 'b')];
    await world.crawl('second');
    world.people.recycle(a);
    world.pass(60);
    await world.pollSoon();
    world.people.recycle(b);
    for (const id of [a, b]) world.people.setState(id, 'ACTIVE');
    const result = await compare({ folders: [{ id: bin, bin: true }] });
    expect(result).toMatchObject({ items: [{ kind: 'document', id: b }], counts: { recycled: 2 } });
  });
});

describe('a listing', () => {
  it('of folders as they are recorded asks for none of them', async () => {
    const plans = world.people.createFolder(root, 'plans').id;
    upload(plans, 'a');
    await world.crawl('second');
    expect(await compare({ folders: [{ id: root }] })).toMatchObject({
      items: [],
      counts: { folders: 1, documents: 1 },
    });
  });

  it('of a user without folders looks at the user alone', async () => {
    world.site.users = () => Promise.resolve({ items: [{ id: 'u', username: 'new' }] });
    const { items, next } = await compare({ users: {} });
    expect([items, next]).toMatchObject([[{ kind: 'user', id: 'u' }], []]);
    expect(world.requests()).toEqual({});
  });

  it('wants all users that its query finds, and counts the others as outside', async () => {
    await world.protect({ site: { users: 'an' } });
    const [anna, anton, bob] = ['anna', 'anton', 'bob'].map((name) => world.people.createUser(name));
    const result = await compare({ users: {} });
    for (const user of [anna, anton])
      expect(idsOf(result)).toEqual(expect.arrayContaining([user?.id, user?.rootFolderId]));
    expect(idsOf(result)).not.toContain(bob?.id);
    // Bob, and his root folder.
    expect(result.counts).toMatchObject({ users: 4, outside: 2 });
  });
});

describe('filters', () => {
  it.each<[Partial<SourceSettings>, boolean]>([
    [{}, false],
    [{ prefix: '', include: [], exclude: [] }, false],
    [{ prefix: 'a/' }, true],
    [{ include: ['**'] }, true],
    [{ exclude: ['**'] }, true],
  ])('%j look at paths: %s', async (settings, expected) => {
    expect(hasFilter({ ...(await world.source()), ...settings })).toBe(expected);
  });

  it.each<[Partial<SourceSettings>, string[]]>([
    [{ prefix: 'alice/pl' }, ['a.pdf', 'b.txt']],
    [{ prefix: 'alice/', include: ['**/*.pdf'] }, ['a.pdf', 'c.pdf', 'e.pdf']],
    [{ include: ['**/*.pdf'], exclude: ['alice/plans/*'] }, ['c.pdf', 'e.pdf']],
  ])('%j follow what is within them, and count the rest as outside', async (settings, expected) => {
    const plans = world.people.createFolder(root, 'plans').id;
    const other = world.people.createFolder(root, 'other').id;
    const places = { 'a.pdf': plans, 'b.txt': plans, 'c.pdf': root, 'd.txt': root, 'e.pdf': other };
    const ids = Object.entries(places).map(([name, parentId]) => upload(parentId, name));
    await world.protect(settings);
    const result = await compare({ users: {} });
    expect(Object.keys(places).filter((_, n) => idsOf(result).includes(ids[n] ?? ''))).toEqual(expected);
    const followed = result.items.filter(({ kind }) => kind !== 'user').length;
    // Three folders and five documents.
    expect(result.counts).toMatchObject({ documents: 5, outside: 8 - followed });
  });

  it('have no path with them below a folder that is wanted as a whole', async () => {
    await begin({ keysPerStep: 1 });
    await world.protect({ prefix: 'alice/pl' });
    const plans = world.people.createFolder(root, 'plans').id;
    const result = await compare({ folders: [{ id: root, path: 'alice/' }] });
    expect(foldersOf(result)).toEqual([{ id: plans }]);
  });

  it('know a document whose first upload has not ended by no name', async () => {
    await world.protect({ include: ['**/*.pdf'] });
    world.site.folderContents = () => Promise.resolve({ items: [document('d')] });
    expect(await compare({ folders: [{ id: root, path: 'alice/' }] })).toMatchObject({
      items: [],
      counts: { outside: 1 },
    });
  });
});

describe('a step ends', () => {
  it('at its number of things', async () => {
    await begin({ keysPerStep: 4 });
    world.site.folderContents = (id) => Promise.resolve({ items: [document(`${id}1`), document(`${id}2`)] });
    const result = await compare({ folders: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
    expect(result.counts).toEqual({ documents: 4 });
    expect(foldersOf(result)).toEqual([{ id: 'a' }]);
  });

  it('when what it found is too much for its record', async () => {
    await begin({ keysPerStep: 1_000_000 });
    let page = 0;
    world.site.folderContents = async () => {
      page += 1;
      const items = Array.from({ length: 1000 }, (_, n) => document(`${page}-${n}`));
      return page < 10 ? { items, next: `${page}` } : { items };
    };
    const result = await compare({ folders: [{ id: root }] });
    expect(JSON.stringify(result.items).length).toBeLessThan(200_000);
    expect(foldersOf(result)).toEqual([{ id: root, marker: String(page) }]);
  });

  it('when what is left is too much for its record, in messages that each can carry', async () => {
    await begin({ keysPerStep: 1_000_000 });
    const ids = Array.from({ length: 8000 }, (_, n) => `folder-${n}`);
    let asked = 0;
    world.site.folderContents = async () => {
      asked += 1;
      return { items: asked === 1 ? ids.map(folder) : [] };
    };
    // In a bin, nothing that is not in the catalog is looked at.
    const result = await compare({ folders: [{ id: bin, bin: true }] });
    expect([asked, result.items]).toEqual([1, []]);
    expect(foldersOf(result).map(({ id }) => id)).toEqual(ids);
    for (const { folders } of result.next) expect(JSON.stringify(folders).length).toBeLessThan(30_000);
    expect(result.next.length).toBeLessThan(20);
  });

  it.each([
    [2, 3, 2],
    [2, 4, 1],
    [1, 3, 1],
  ])('with %i folders to list and %i of 4 ranges open in %i parts', async (folders, openRanges, parts) => {
    await begin({ keysPerStep: 1, maxRanges: 4 });
    const all = ['a', 'b'].slice(0, folders).map((id) => ({ id }));
    world.site.folderContents = () => Promise.resolve({ items: [document('x')] });
    const result = await compare({ folders: [...all, { id: 'listed' }] }, { openRanges });
    expect(result.next).toHaveLength(parts);
    expect(foldersOf(result)).toEqual(all);
  });
});

describe('a marker that is good no more', () => {
  const invalid = new SiteError('invalid', 'the marker is not valid');

  function refuseMarkers(error: Error): void {
    world.site.folderContents = (_, marker) =>
      marker === undefined
        ? Promise.resolve({ items: [document('d')], next: 'fresh' })
        : Promise.reject(error);
  }

  it('has the folder listed from its beginning, and that counted', async () => {
    await begin({ keysPerStep: 1 });
    refuseMarkers(invalid);
    const result = await compare({ folders: [{ id: root, marker: 'old', restarts: 2 }] });
    expect(result.counts).toEqual({ documents: 1 });
    expect(foldersOf(result)).toEqual([{ id: root, marker: 'fresh', restarts: 3 }]);
  });

  it('three times, and then no more', async () => {
    await begin({ keysPerStep: 1 });
    refuseMarkers(invalid);
    await expect(compare({ folders: [{ id: root, marker: 'old', restarts: 3 }] })).rejects.toBe(invalid);
  });

  it('is nothing that the site says of anything else', async () => {
    await begin({ keysPerStep: 1 });
    refuseMarkers(new SiteError('unavailable', 'later'));
    await expect(compare({ folders: [{ id: root, marker: 'old' }] })).rejects.toThrow('later');
    let asked = 0;
    world.site.folderContents = () => {
      asked += 1;
      return Promise.reject(invalid);
    };
    await expect(compare({ folders: [{ id: root }] })).rejects.toBe(invalid);
    expect(asked).toBe(1);
  });
});

describe('a folder that the site refuses to list, again and again', () => {
  it.each([
    ['of what is covered is recorded as refused', {}, 'unprotected'],
    ['outside of what is covered is told of, and is nothing unprotected', { outside: true }, undefined],
    ['a bin is told of, and is nothing unprotected', { bin: true }, undefined],
  ] as const)('%s', async (_, where, state) => {
    const { id } = world.people.createFolder(root, 'secret');
    world.people.denied.add(id);
    const before = await world.entry('folder', id);
    expect(before).toBeUndefined();
    const { problems } = await compare({ folders: [{ id, refused: true, ...where }] }, {}, 4);
    expect(problems).toMatchObject([{ key: `folder/${id}`, reason: 'failed' }]);
    expect((await world.entry('folder', id))?.state).toBe(state);
  });
});
