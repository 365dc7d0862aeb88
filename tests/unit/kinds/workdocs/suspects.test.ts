import { describe, expect, it } from 'vitest';
import { SITE_SOURCE, SitePipeline } from './support/site-pipeline.ts';

/** A site with documents in one root folder, crawled once; nothing is in the catalog twice: a user, a folder, documents. */
async function givenDocuments(count: number, keysPerStep = 1000) {
  const world = new SitePipeline({ keysPerStep }, { pageSize: 3 });
  await world.protect();
  const { rootFolderId: parentId } = world.people.createUser('alice');
  const ids = Array.from(
    { length: count },
    (_, n) => world.people.upload({ parentId }, `${n}`, { name: `${n}` }).documentId,
  );
  await world.crawl('first');
  world.pass(60);
  world.handled.length = 0;
  return { world, ids };
}

const stepsOf = ({ handled }: SitePipeline, phase: string) =>
  handled.filter(({ body }) => JSON.parse(body).step?.phase === phase);
const suspectsOf = ({ handled }: SitePipeline): string[] =>
  handled
    .map(({ body }) => JSON.parse(body))
    .flatMap(({ suspects, items }) => (suspects ? items.map(({ id }: { id: string }) => id) : []));

describe('what a crawl did not find', () => {
  it('is nothing of what is recorded as deleted', async () => {
    const { world, ids } = await givenDocuments(3);
    const [first = '', second = ''] = ids;
    world.people.recycle(first);
    await world.pollSoon();
    world.people.delete(first);
    world.people.delete(second);
    world.pass(60);
    expect((await world.crawl('later')).counts).toMatchObject({ entries: 4, documentEntries: 2, gone: 1 });
    expect(suspectsOf(world)).toEqual([second]);
  });

  it('is not asked for where it found everything', async () => {
    const { world } = await givenDocuments(3);
    await world.crawl('later');
    expect(stepsOf(world, 'count')).toHaveLength(1);
    expect(stepsOf(world, 'deletions')).toEqual([]);
  });

  it('is counted and asked for once each, in steps that end at a page', async () => {
    const { world, ids } = await givenDocuments(10, 3);
    for (const id of ids) world.people.delete(id);
    const job = await world.crawl('later', { approved: true });
    expect(job).toMatchObject({ state: 'done', counts: { entries: 12, gone: 10, deleted: 10 } });
    expect(suspectsOf(world).sort()).toEqual([...ids].sort());
    expect(stepsOf(world, 'count')).toHaveLength(4);
    expect(stepsOf(world, 'deletions')).toHaveLength(4);
  });

  it('is looked for a page at a time while time is short', async () => {
    const { world, ids } = await givenDocuments(10);
    const [id = ''] = ids;
    world.people.delete(id);
    world.timeLeft = () => (world.handled.at(-1)?.queue === 'site' ? 1_000 : 900_000);
    expect(await world.crawl('later')).toMatchObject({ state: 'done', counts: { entries: 12, gone: 1 } });
    expect(stepsOf(world, 'count')).toHaveLength(4);
    expect(suspectsOf(world)).toEqual([id]);
    expect((await world.catalog.getEntry(SITE_SOURCE, `document/${id}`))?.state).toBe('deleted');
  });
});
