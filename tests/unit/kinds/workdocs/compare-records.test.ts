import { recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, SITE_SOURCE, type SitePipeline } from './support/site-pipeline.ts';

const VAULT = 'vault';
let world: SitePipeline;
let alice: Awaited<ReturnType<typeof givenSite>>['alice'];
let id: string;
let version: string;

beforeEach(async () => {
  ({ world, alice } = await givenSite());
  ({ documentId: id, versionId: version } = world.people.upload({ parentId: alice.rootFolderId }, 'one', {
    name: 'a.txt',
  }));
  world.pass(4);
  await world.crawl('uploaded');
  world.pass(60);
});

const record = () => recordKey(SITE, { kind: 'document', id });
const onTop = (key: string) => world.s3.text(VAULT, key) !== undefined;
const whole = (jobId: string, more = {}) => world.crawl(jobId, { vault: true, ...more });

describe('a crawl that compares the vault', () => {
  it('S16: marks a record that came late, on top of the marker of its document', async () => {
    const late = world.s3.text(VAULT, record()) ?? '';
    world.people.recycle(id);
    await world.crawl('recycled');
    expect(onTop(record())).toBe(false);
    world.s3.put(VAULT, record(), late);
    await world.crawl('plain', { deep: true });
    expect(onTop(record())).toBe(true);
    const job = await whole('r');
    expect(job).toMatchObject({ state: 'done', counts: { inDoubt: 1, mended: 1 } });
    expect(onTop(record())).toBe(false);
    expect((await world.entry('document', id))?.state).toBe('deleted');
    expect(await Array.fromAsync(world.catalog.listProblems('r'))).toMatchObject([
      { key: `document/${id}`, reason: 'vault-differed', note: true },
    ]);
    expect((await whole('again')).counts).not.toHaveProperty('inDoubt');
  });

  it.each([
    ['the record of a document', () => record()],
    ['the record of a folder', () => recordKey(SITE, { kind: 'folder', id: alice.rootFolderId })],
    ['the record of a user', () => recordKey(SITE, { kind: 'user', id: alice.id })],
    ['the bytes of a version', () => versionKey(SITE, id, version)],
  ])('captures %s that somebody hid', async (_, keyOf) => {
    const before = world.s3.text(VAULT, keyOf());
    world.s3.delete(VAULT, keyOf());
    await world.crawl('plain');
    expect(onTop(keyOf())).toBe(false);
    expect((await whole('r')).counts).toMatchObject({ inDoubt: 1, mended: 1 });
    expect(world.s3.text(VAULT, keyOf())).toBe(before);
    expect((await whole('again')).counts).not.toHaveProperty('inDoubt');
  });

  it('goes on where somebody put what is named like no record, and tells of it', async () => {
    const key = `workdocs/${SITE}/documents/of nobody.json`;
    world.s3.put(VAULT, key, '{}');
    world.s3.delete(VAULT, record());
    const job = await whole('r');
    expect(job).toMatchObject({ state: 'partial', counts: { inDoubt: 1, mended: 1, failed: 1 } });
    expect(await Array.fromAsync(world.catalog.listProblems('r'))).toContainEqual(
      expect.objectContaining({ key, reason: 'no-record' }),
    );
  });

  it('is what the schedule sends, in whatever steps, and says when it was done', async () => {
    const small = await givenSite({ keysPerStep: 1 });
    ({ world, alice } = small);
    await world.crawl('uploaded');
    world.s3.delete(VAULT, recordKey(SITE, { kind: 'user', id: alice.id }));
    const job = await world.crawl('r', { trigger: 'schedule' });
    expect(job.counts).toMatchObject({ mended: 1, records: job.counts['entries'] });
    expect((await world.catalog.getSource(SITE_SOURCE))?.vaultComparedAt).toBeDefined();
  });

  it('asks for nothing while the crawl is held', async () => {
    world.s3.delete(VAULT, record());
    for (const one of world.people.users.values()) world.people.deactivateUser(one.id);
    const listed = world.site.users.bind(world.site);
    world.site.users = async (...request) => ({ ...(await listed(...request)), items: [] });
    const job = await whole('r');
    expect(job).toMatchObject({ state: 'partial' });
    expect(job.counts).not.toHaveProperty('records');
    expect((await world.entry('document', id))?.state).toBe('current');
  });
});
