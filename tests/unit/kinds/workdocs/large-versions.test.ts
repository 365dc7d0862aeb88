import { versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, type SitePipeline } from './support/site-pipeline.ts';

const LARGE = 'large '.repeat(200_000);
const PART = 100_000;

let world: SitePipeline;
let root: string;

beforeEach(async () => {
  const given = await givenSite({ multipartThresholdBytes: 1000, partBytes: PART });
  world = given.world;
  root = given.alice.rootFolderId;
  world.requests();
});

const entryOf = (id: string) => world.entry('document', id);
const upload = (body: string, options: { signature?: string } = {}) =>
  world.people.upload({ parentId: root }, body, { name: 'large.bin', ...options });

describe('a version that is large', () => {
  it('does not hold up its batch: the record says that it is missing until it is there', async () => {
    const { documentId, versionId } = upload(LARGE);
    const seen: unknown[] = [];
    world.site.requests.before = async (op) => {
      if (op !== 'download') return;
      seen.push(await entryOf(documentId), world.record('document', documentId)?.versions[0]?.missing);
    };
    await world.pollSoon();
    expect(seen).toMatchObject([{ state: 'unprotected', reason: 'copying' }, 'copying']);
    expect(await entryOf(documentId)).toMatchObject({ state: 'current', size: LARGE.length });
    expect(world.bytes(documentId, versionId)).toBe(LARGE);
    expect(world.record('document', documentId)?.versions[0]).toMatchObject({ kept: { size: LARGE.length } });
    expect((await world.source()).totals).toMatchObject({ objects: 1, bytes: LARGE.length, unprotected: 0 });
  });

  it('comes in as many steps as it takes, with its digest going on from step to step', async () => {
    const { documentId, versionId } = upload(LARGE);
    world.timeLeft = () => (world.handled.at(-1)?.queue === 'largeDocuments' ? 1_000 : 900_000);
    await world.pollSoon();
    expect(world.handled.filter(({ queue }) => queue === 'largeDocuments')).toHaveLength(12);
    expect(world.bytes(documentId, versionId)).toBe(LARGE);
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it.each(['content', 'shorter'] as const)('and comes damaged (%s) is never kept', async (how) => {
    const { documentId, versionId } = upload(LARGE);
    world.site.spoilt.set(versionId, how);
    await world.pollSoon();
    expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'failed' });
    expect(world.bytes(documentId, versionId)).toBeUndefined();
    expect(world.dead).toHaveLength(1);
    world.site.spoilt.clear();
    world.pass(60);
    await world.crawl('mended');
    expect(world.bytes(documentId, versionId)).toBe(LARGE);
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it('and has a SHA-256 as its signature is compared with it', async () => {
    const { documentId, versionId } = upload(LARGE, { signature: '0'.repeat(64) });
    await world.pollSoon();
    expect(world.bytes(documentId, versionId)).toBeUndefined();
    expect((await entryOf(documentId))?.detail).toContain('damaged');
  });

  it('goes on where it was when its URL expires on the way', async () => {
    const { documentId, versionId } = upload(LARGE);
    const { download } = world.site;
    const firsts: number[] = [];
    world.site.download = async (url, options) => {
      const opened = await download.call(world.site, url, options);
      firsts.push(options?.range?.first ?? 0);
      if (firsts.length > 1) return opened;
      return { ...opened, body: breakingOff(opened.body, 3 * PART) };
    };
    await world.pollSoon();
    expect(firsts).toHaveLength(2);
    expect(firsts[1]).toBeGreaterThanOrEqual(2 * PART);
    expect(world.bytes(documentId, versionId)).toBe(LARGE);
  });

  it('is read once by two handlers that got the same message', async () => {
    const { documentId, versionId } = upload(LARGE);
    let again: string | undefined;
    world.queue.requests.after = (_, [queue, bodies]) => {
      if (queue === 'largeDocuments') again ??= (bodies as string[])[0];
    };
    await world.pollSoon();
    world.requests();
    await world.queue.send('largeDocuments', [again ?? '']);
    await world.drain();
    expect(world.requests()).not.toHaveProperty('download');
    expect(await world.history(versionKey(SITE, documentId, versionId))).toHaveLength(1);
  });

  it('of a document that is renamed meanwhile is asked for once', async () => {
    const { documentId } = upload(LARGE);
    await pollOnly();
    world.people.rename(documentId, 'other.bin');
    world.pass(1);
    await pollOnly();
    expect(world.queue.waiting('largeDocuments')).toHaveLength(1);
    await world.drain();
    expect(world.record('document', documentId)).toMatchObject({
      name: 'other.bin',
      versions: [{ kept: {} }],
    });
  });

  it('beside another one that is new asks for that one too', async () => {
    const { documentId } = upload(LARGE);
    await pollOnly();
    const { versionId } = world.people.upload({ documentId }, `${LARGE}two`);
    world.pass(1);
    await pollOnly();
    expect(world.queue.waiting('largeDocuments')).toHaveLength(2);
    await world.drain();
    expect(world.bytes(documentId, versionId)).toBe(`${LARGE}two`);
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it('whose message was lost is asked for by the next crawl', async () => {
    const { documentId } = upload(LARGE);
    await pollOnly();
    world.queue.take('largeDocuments');
    world.pass(60);
    await world.crawl('later');
    expect((await entryOf(documentId))?.state).toBe('current');
  });

  it('and comes damaged is told of as failed, also when another one came after that', async () => {
    const { documentId, versionId } = upload(LARGE);
    const other = world.people.upload({ documentId }, `${LARGE}two`);
    world.site.spoilt.set(versionId, 'content');
    let refusals = world.world.settings.maxReceives - 1;
    world.site.requests.before = (op, [, id]) => {
      if (op !== 'version' || id !== other.versionId || refusals === 0) return;
      refusals -= 1;
      throw new SiteError('throttled', 'ThrottlingException');
    };
    await world.pollSoon();
    expect(world.bytes(documentId, other.versionId)).toBe(`${LARGE}two`);
    expect(await entryOf(documentId)).toMatchObject({ state: 'unprotected', reason: 'failed' });
  });

  it('and of a document that is deleted meanwhile ends with it', async () => {
    const { documentId } = upload(LARGE);
    await pollOnly();
    world.people.delete(documentId);
    await world.drain();
    expect((await entryOf(documentId))?.state).toBe('deleted');
    expect(world.dead).toEqual([]);
  });
});

/** A poll and what it found, without what is large. */
async function pollOnly(): Promise<void> {
  world.pass(1);
  const { take } = world.queue;
  world.queue.take = (queue, limit) =>
    queue === 'largeDocuments' ? [] : take.call(world.queue, queue, limit);
  await world.poll();
  world.queue.take = take;
}

async function* breakingOff(body: AsyncIterable<Uint8Array>, after: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const chunk of body) {
    passed += chunk.length;
    yield chunk;
    if (passed >= after) throw new SiteError('expired-url', 'the URL has expired');
  }
}
