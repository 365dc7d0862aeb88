import type { SiteState } from '@holdfast/core/kinds/workdocs/history/site-entries.ts';
import { readSiteTree, type TreeOptions } from '@holdfast/core/kinds/workdocs/history/site-tree.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, VAULT } from '../../../../testing/pipeline.ts';
import { SITE, SiteVault } from '../../../support/site-vault.ts';

let pipeline: Pipeline;
let site: SiteVault;

beforeEach(async () => {
  pipeline = new Pipeline();
  site = new SiteVault(pipeline);
  await site.begin();
  await site.user('anna');
});

async function statesAt(at = pipeline.now, options: TreeOptions = {}): Promise<SiteState[]> {
  const tree = await readSiteTree(SITE, at, pipeline.world, options);
  return [...tree.entries()];
}

/** What was there, with its bytes as text. */
async function treeAt(at = pipeline.now, options: TreeOptions = {}): Promise<Record<string, string>> {
  const states = await statesAt(at, options);
  const there = states.filter(({ current }) => current !== undefined);
  return Object.fromEntries(there.map((state) => [state.key, textOf(state)]));
}

async function deletedAt(at = pipeline.now): Promise<Record<string, [text: string, at: number]>> {
  const states = await statesAt(at);
  return Object.fromEntries(
    states.flatMap(({ key, deleted }) =>
      deleted === undefined ? [] : [[key, [textOf({ current: deleted.last }), deleted.at - start]]],
    ),
  );
}

function textOf({
  current,
}: Pick<SiteState, 'current' | 'lacking'> | { current: SiteState['current'] }): string {
  if (current === undefined || current.versionId === '') return '(none)';
  return pipeline.s3.text(VAULT, current.key, current.versionId) ?? '(gone)';
}

const start = Date.parse('2026-03-01T12:00:00Z');
/** Lets a minute pass, and says when it began. */
function minute(): number {
  const at = pipeline.now;
  pipeline.now += 60_000;
  return at;
}

describe('the tree of a site', () => {
  it('has documents under users and folders, in the order of the keys', async () => {
    await site.user('bob');
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'a' });
    await site.file('d1', 'f', 'z.txt', 'one');
    await site.file('d2', 'anna-root', 'a.txt', 'two');
    await site.file('d3', 'bob-root', 'b.txt', 'three');

    const states = await statesAt();
    expect(states.map(({ key }) => key)).toEqual(['anna/a.txt', 'anna/a/z.txt', 'bob/b.txt']);
    expect(await treeAt()).toEqual({ 'anna/a.txt': 'two', 'anna/a/z.txt': 'one', 'bob/b.txt': 'three' });
  });

  it('is what it was at each moment, across a rename, a move and a new version', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'reports' });
    await site.document({ id: 'd', parentId: 'f', name: 'draft.txt' }, [{ id: 'v1', text: 'one' }]);
    const first = minute();
    await site.document({ id: 'd', parentId: 'f', name: 'final.txt' }, [{ id: 'v1', text: 'one' }]);
    const renamed = minute();
    await site.document({ id: 'd', parentId: 'anna-root', name: 'final.txt' }, [{ id: 'v1', text: 'one' }]);
    const moved = minute();
    await site.document({ id: 'd', parentId: 'anna-root', name: 'final.txt' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', text: 'two' },
    ]);

    expect(await treeAt(first)).toEqual({ 'anna/reports/draft.txt': 'one' });
    expect(await treeAt(renamed)).toEqual({ 'anna/reports/final.txt': 'one' });
    expect(await treeAt(moved)).toEqual({ 'anna/final.txt': 'one', 'anna/reports/': '' });
    expect(await treeAt()).toEqual({ 'anna/final.txt': 'two', 'anna/reports/': '' });
  });

  it('has an old version that became current again', async () => {
    await site.document({ id: 'd', parentId: 'anna-root', latest: 'v1' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', text: 'two' },
    ]);
    expect(await treeAt()).toEqual({ 'anna/d': 'one' });
  });

  it('moves everything in a folder with it, from when the folder was renamed', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'old' });
    await site.file('d', 'f', 'x', 'text');
    const before = minute();
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'new' });

    expect(await treeAt(before)).toEqual({ 'anna/old/x': 'text' });
    expect(await treeAt()).toEqual({ 'anna/new/x': 'text' });
  });

  it('has a deleted document as deleted, with its last version and its path, and again when it came back', async () => {
    await site.file('d', 'anna-root', 'x', 'text');
    const before = minute();
    await site.delete({ kind: 'document', id: 'd' });
    const gone = minute();
    await site.file('d', 'anna-root', 'x', 'text', { labels: ['back'] });

    expect(await treeAt(before)).toEqual({ 'anna/x': 'text' });
    expect(await treeAt(gone)).toEqual({ 'anna/': '' });
    expect(await deletedAt(gone)).toEqual({ 'anna/x': ['text', 60_000] });
    expect(await treeAt()).toEqual({ 'anna/x': 'text' });
    expect(await deletedAt()).toEqual({});
  });

  it('has everything below a deleted folder as deleted, since then', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.folder({ id: 'g', parentId: 'f', name: 'g' });
    await site.file('d', 'g', 'x', 'text');
    const before = minute();
    await site.delete({ kind: 'folder', id: 'f' });
    const gone = minute();
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f', labels: ['back'] });

    expect(await treeAt(before)).toEqual({ 'anna/f/g/x': 'text' });
    expect(await treeAt(gone)).toEqual({ 'anna/': '' });
    expect(await deletedAt(gone)).toEqual({ 'anna/f/g/x': ['text', 60_000] });
    expect(await treeAt()).toEqual({ 'anna/f/g/x': 'text' });
  });

  it.each([
    ['its record says so', { status: 'RECYCLED' }],
    ['it is on its way there', { status: 'RECYCLING' }],
    ['it lies in a recycle bin', { parentId: 'anna-bin' }],
  ])('takes a document for deleted when %s, where it was before', async (_, recycled) => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.file('d', 'f', 'x', 'text');
    minute();
    await site.file('d', 'f', 'x', 'text', recycled);
    minute();
    await site.file('d', 'f', 'x', 'text', { ...recycled, labels: ['looked at again'] });
    const gone = minute();
    await site.file('d', 'f', 'x', 'text');

    expect(await treeAt(gone)).toEqual({ 'anna/f/': '' });
    expect(await deletedAt(gone)).toEqual({ 'anna/f/x': ['text', 60_000] });
    expect(await treeAt()).toEqual({ 'anna/f/x': 'text' });
  });

  it('has a recycled folder with its contents as deleted, where they were', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.file('d', 'f', 'x', 'text');
    minute();
    await site.folder({ id: 'f', parentId: 'anna-bin', name: 'f', status: 'RECYCLED' });
    await site.delete({ kind: 'folder', id: 'f' });

    expect(await treeAt()).toEqual({ 'anna/': '' });
    expect(await deletedAt()).toEqual({ 'anna/f/x': ['text', 60_000] });
  });

  it('shows what was never seen elsewhere than in the recycle bin as deleted there', async () => {
    await site.file('d', 'anna-bin', 'x', 'text', { status: 'RECYCLED' });
    await site.folder({ id: 'f', parentId: 'anna-bin', name: 'f', status: 'RECYCLED' });
    await site.file('e', 'f', 'y', 'more');

    expect(await treeAt()).toEqual({ 'anna/': '' });
    expect(await deletedAt()).toEqual({
      'anna/recycle bin/x': ['text', 0],
      'anna/recycle bin/f/y': ['more', 0],
    });
  });

  it('keeps empty folders, and only those', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.folder({ id: 'g', parentId: 'f', name: 'g' });
    await site.user('bob');
    expect(await treeAt()).toEqual({ 'anna/f/g/': '', 'bob/': '' });
  });

  it('has an empty folder that was deleted as deleted, and as nothing else', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    minute();
    await site.delete({ kind: 'folder', id: 'f' });
    expect(await treeAt()).toEqual({ 'anna/': '' });
    expect(await deletedAt()).toEqual({ 'anna/f/': ['', 60_000] });
  });

  it('says of an empty folder that nothing in the vault stands for it', async () => {
    const other = new SiteVault(pipeline, 'd-0000000000');
    await other.user('zoe');
    const tree = await readSiteTree(other.site, pipeline.now, pipeline.world);
    expect([...tree.entries()]).toMatchObject([{ key: 'zoe/', lacking: expect.stringContaining('protect') }]);
  });

  it('goes on with a user that was deleted or deactivated: that is no deletion of documents', async () => {
    await site.file('d', 'anna-root', 'x', 'text');
    minute();
    await site.user('anna', { status: 'INACTIVE' });
    await site.delete({ kind: 'user', id: 'anna' });
    expect(await treeAt()).toEqual({ 'anna/x': 'text' });
  });
});

describe('names', () => {
  it('gives the first of several things of one name that name, and the others numbers', async () => {
    await site.file('d2', 'anna-root', 'x.txt', 'second', { createdAt: 2 });
    await site.file('d9', 'anna-root', 'x.txt', 'first', { createdAt: 1 });
    await site.file('d4', 'anna-root', 'x.txt', 'fourth', { createdAt: 3 });
    await site.file('d3', 'anna-root', 'x.txt', 'third', { createdAt: 3 });
    await site.file('d5', 'anna-root', 'x (2).txt', 'its own', { createdAt: 4 });

    expect(await treeAt()).toEqual({
      'anna/x.txt': 'first',
      'anna/x (2).txt': 'its own',
      'anna/x (3).txt': 'second',
      'anna/x (4).txt': 'third',
      'anna/x (5).txt': 'fourth',
    });
  });

  it('lets a folder keep its name beside a document, and gives folders and users numbers too', async () => {
    await site.file('d', 'anna-root', 'f.d', 'document', { createdAt: 1 });
    await site.folder({ id: 'f1', parentId: 'anna-root', name: 'f.d', createdAt: 2 });
    await site.folder({ id: 'f2', parentId: 'anna-root', name: 'f.d', createdAt: 3 });
    await site.user('other', { name: 'anna', createdAt: start + 1 });
    await site.file('e', 'f2', 'x', 'in the second');

    expect(await treeAt()).toEqual({
      'anna/f (2).d': 'document',
      'anna/f.d/': '',
      'anna/f.d (2)/x': 'in the second',
      'anna (2)/': '',
    });
  });

  it('does not let what was deleted take a name away', async () => {
    await site.file('d1', 'anna-root', 'x', 'deleted', { createdAt: 1 });
    await site.file('d2', 'anna-root', 'x', 'there', { createdAt: 2 });
    await site.folder({ id: 'f1', parentId: 'anna-root', name: 'f', createdAt: 1 });
    await site.folder({ id: 'f2', parentId: 'anna-root', name: 'f', createdAt: 2 });
    await site.folder({ id: 'g1', parentId: 'f1', name: 'g' });
    await site.folder({ id: 'g2', parentId: 'f2', name: 'g' });
    await site.file('d3', 'g1', 'y', 'in the deleted one');
    await site.file('d4', 'g2', 'y', 'in the other');
    minute();
    await site.delete({ kind: 'document', id: 'd1' });
    await site.delete({ kind: 'folder', id: 'f1' });

    expect(await treeAt()).toEqual({ 'anna/x': 'there', 'anna/f/g/y': 'in the other' });
    expect(await deletedAt()).toEqual({
      'anna/x': ['deleted', 60_000],
      'anna/f/g/y': ['in the deleted one', 60_000],
    });
  });

  it.each([
    ['123', '123'],
    ['2022-01-01', '2022-01-01'],
    ['../../evil.txt', '..%2F..%2Fevil.txt'],
    ['a\\b:c*d?"<>|', 'a\\b:c*d?"<>|'],
    ['50%2F50', '50%252F50'],
    ['trailing. ', 'trailing. '],
    ['😀.txt', '😀.txt'],
    ['n'.repeat(255), 'n'.repeat(255)],
    ['', 'd'],
  ])('has %j as %j', async (name, part) => {
    await site.file('d', 'anna-root', name, 'text');
    expect(await treeAt()).toEqual({ [`anna/${part}`]: 'text' });
  });

  it('are text, though WorkDocs has half of a character, and none of two becomes the other', async () => {
    await site.file('d1', 'anna-root', 'x\ud83e.txt', 'one', { createdAt: 1 });
    await site.file('d2', 'anna-root', 'x\ud83f.txt', 'two', { createdAt: 2 });
    expect(await treeAt()).toEqual({ 'anna/x\ufffd.txt': 'one', 'anna/x\ufffd (2).txt': 'two' });
  });

  it('goes by ids where there are no names', async () => {
    await site.user('u1', { name: undefined });
    await site.folder({ id: 'f1', parentId: 'u1-root', name: undefined });
    await site.document({ id: 'd1', parentId: 'f1', name: undefined }, [{ id: 'v', text: 'text' }]);
    expect(await treeAt()).toEqual({ 'anna/': '', 'u1/f1/d1': 'text' });
  });
});

describe('what nobody knows the folder of', () => {
  it('is found again under the id of the folder', async () => {
    await site.file('d1', 'unknown', 'x', 'one');
    await site.folder({ id: 'f', parentId: 'unknown2', name: 'inside' });
    await site.file('d2', 'f', 'y', 'two');
    await site.folder({ id: 'g', parentId: undefined, name: 'nobodys root' });
    await site.file('d3', 'g', 'z', 'three');
    await site.document({ id: 'd4', parentId: undefined }, [{ id: 'v', text: 'four' }]);

    expect(await treeAt()).toEqual({
      'anna/': '',
      'lost and found/d4': 'four',
      'lost and found/g/z': 'three',
      'lost and found/unknown/x': 'one',
      'lost and found/unknown2/inside/y': 'two',
    });
  });

  it('does not go round in circles', async () => {
    await site.folder({ id: 'c', parentId: 'b', name: 'C' });
    await site.folder({ id: 'b', parentId: 'd', name: 'B' });
    await site.folder({ id: 'd', parentId: 'c', name: 'D' });
    await site.folder({ id: 'a', parentId: 'c', name: 'leads into it' });
    await site.folder({ id: 'self', parentId: 'self', name: 'S' });
    for (const id of ['a', 'b', 'c', 'd', 'self']) await site.file(`in-${id}`, id, 'x', id);

    expect(await treeAt()).toEqual({
      'anna/': '',
      'lost and found/b/x': 'b',
      'lost and found/b/C/x': 'c',
      'lost and found/b/C/D/x': 'd',
      'lost and found/b/C/leads into it/x': 'a',
      'lost and found/self/x': 'self',
    });
  });

  it('is told from a user of that name', async () => {
    await site.user('u', { name: 'lost and found' });
    await site.file('d1', 'u-root', 'x', 'of the user');
    await site.file('d2', 'gone', 'x', 'lost');
    expect(await treeAt()).toMatchObject({
      'lost and found (2)/x': 'of the user',
      'lost and found/gone/x': 'lost',
    });
  });

  it('is not lost with a record that cannot be read', async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.file('d1', 'f', 'x', 'below an unreadable folder');
    await site.file('d2', 'anna-root', 'y', 'fine');
    pipeline.s3.put(VAULT, `workdocs/${SITE}/folders/f.json`, '{ "half a rec');
    pipeline.s3.put(VAULT, `workdocs/${SITE}/documents/broken.json`, '[]');
    pipeline.s3.put(VAULT, `workdocs/${SITE}/documents/noise`, 'no record at all');
    const other = JSON.stringify({ format: 1, site: SITE, kind: 'document', id: 'd2', versions: [] });
    pipeline.s3.put(VAULT, `workdocs/${SITE}/documents/raced.json`, other);

    expect(await treeAt()).toEqual({
      'anna/y': 'fine',
      'lost and found/f/x': 'below an unreadable folder',
      'lost and found/broken': '(none)',
      'lost and found/raced': '(none)',
    });
    const broken = (await statesAt()).find(({ key }) => key === 'lost and found/broken');
    expect(broken?.lacking).toContain('documents/broken.json in the vault is no record of WorkDocs');
    const raced = (await statesAt()).find(({ key }) => key === 'lost and found/raced');
    expect(raced?.lacking).toContain('documents/raced.json is a record of something else');
  });

  it('is shown as deleted when nothing but its deletion is left', async () => {
    pipeline.s3.put(VAULT, `workdocs/${SITE}/documents/d.json`, '{}');
    await site.delete({ kind: 'document', id: 'd' });
    expect(await treeAt()).toEqual({ 'anna/': '' });
    expect(Object.keys(await deletedAt())).toEqual(['lost and found/d']);
  });
});

describe('before the first capture', () => {
  const YEAR = 365 * 24 * 3600 * 1000;

  beforeEach(async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f', createdAt: start - 2 * YEAR });
    await site.folder({ id: 'empty', parentId: 'anna-root', name: 'empty', createdAt: start - 2 * YEAR });
    await site.folder({ id: 'young', parentId: 'anna-root', name: 'young', createdAt: start - 60 });
    await site.document({ id: 'd', parentId: 'f', name: 'x' }, [
      { id: 'v1', text: 'one', createdAt: start - 3 * YEAR },
      { id: 'v2', text: 'two', createdAt: start - YEAR },
    ]);
    await site.document({ id: 'timeless', parentId: 'f' }, [{ id: 'v', text: 't', createdAt: undefined }]);
  });

  it('tells what was there by when versions were made', async () => {
    expect(await treeAt(start - 4 * YEAR)).toEqual({});
    expect(await treeAt(start - 2.5 * YEAR)).toEqual({ 'anna/f/x': 'one' });
    expect(await treeAt(start - 1.5 * YEAR)).toEqual({ 'anna/f/x': 'one', 'anna/empty/': '' });
    expect(await treeAt(start - YEAR)).toEqual({ 'anna/f/x': 'two', 'anna/empty/': '' });
  });

  it('takes the place of the first record, not of a later one', async () => {
    minute();
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'renamed' });
    await site.document({ id: 'd', parentId: 'anna-root', name: 'moved' }, [
      { id: 'v1', text: 'one', createdAt: start - 3 * YEAR },
      { id: 'v2', text: 'two', createdAt: start - YEAR },
    ]);
    expect(await treeAt(start - 2.5 * YEAR)).toEqual({ 'anna/f/x': 'one' });
  });

  it('takes the current one of versions of the same time', async () => {
    const createdAt = start - YEAR;
    const versions = ['a', 'b', 'c'].map((id) => ({ id, text: `bytes of ${id}`, createdAt }));
    await site.document({ id: 'same', parentId: 'f', latest: 'b' }, versions);
    expect(await treeAt(start - 60)).toMatchObject({ 'anna/f/same': 'bytes of b' });
  });

  it('takes no upload that has not ended for a version', async () => {
    await site.document({ id: 'slow', parentId: 'f', latest: 'v1' }, [
      { id: 'v1', text: 'one', createdAt: start - YEAR },
      { id: 'v2', status: 'INITIALIZED', missing: 'uploading', createdAt: start - YEAR + 1 },
    ]);
    const states = await statesAt(start - 60);
    const slow = states.find(({ key }) => key === 'anna/f/slow');
    expect(slow).toMatchObject({ siteVersionId: 'v1' });
    expect(slow?.lacking).toBeUndefined();
  });

  it('takes the last record of an import, which found its versions one after the other', async () => {
    const importedFrom = 's3://exports/anna.zip';
    const old = { id: 'v1', text: 'one', createdAt: start - 3 * YEAR };
    const young = { id: 'v2', text: 'two', createdAt: start - YEAR };
    await site.document({ id: 'i', parentId: 'f', name: 'i', importedFrom }, [young]);
    minute();
    await site.document({ id: 'i', parentId: 'f', name: 'i', importedFrom }, [old, young]);
    expect(await treeAt(start - 2.5 * YEAR)).toEqual({ 'anna/f/x': 'one', 'anna/f/i': 'one' });
  });

  it('tells it also of what was deleted since', async () => {
    minute();
    await site.delete({ kind: 'document', id: 'd' });
    expect(await treeAt(start - 2.5 * YEAR)).toEqual({ 'anna/f/x': 'one' });
  });
});

describe('bytes that the vault has not', () => {
  it('are said to be lacking, or an older version stands in for them', async () => {
    await site.document({ id: 'd1', parentId: 'anna-root' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', missing: 'access denied' },
    ]);
    await site.document({ id: 'd2', parentId: 'anna-root' }, [{ id: 'v1', missing: 'expired' }]);
    await site.document({ id: 'd3', parentId: 'anna-root' });

    expect(await treeAt()).toEqual({ 'anna/d1': 'one', 'anna/d2': '(none)', 'anna/d3': '(none)' });
    expect((await statesAt()).map(({ lacking }) => lacking)).toEqual([
      'its version v2 is not in the vault (access denied); the version before it is taken',
      'its version v1 is not in the vault (expired)',
      'the site had no finished version of it',
    ]);
  });

  it('are those that came after the record', async () => {
    await site.document({ id: 'd', parentId: 'anna-root' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', missing: 'copying' },
    ]);
    const before = minute();
    await site.document({ id: 'd', parentId: 'anna-root' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', text: 'two' },
    ]);
    expect(await treeAt(before)).toEqual({ 'anna/d': 'two' });
  });

  it('are not taken from a version that the site had deleted', async () => {
    await site.document({ id: 'd', parentId: 'anna-root' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', text: 'two', status: 'DELETED' },
      { id: 'v3', missing: 'copying' },
    ]);
    expect(await treeAt()).toEqual({ 'anna/d': 'one' });
  });

  it('are not looked for where a record has no business', async () => {
    pipeline.s3.put(VAULT, 's3/other/secret', 'secret');
    const kept = { key: 's3/other/secret', versionId: 'null', etag: 'e', size: 6 };
    await site.document({ id: 'd', parentId: 'anna-root' }, [{ id: 'v', kept }]);
    expect((await statesAt()).map(({ current, lacking }) => [current?.versionId, lacking])).toEqual([
      ['', 'its version v is not in the vault'],
    ]);
  });

  it('are told from those that are there under a delete marker', async () => {
    await site.file('d', 'anna-root', 'x', 'text');
    const before = minute();
    const key = `workdocs/${SITE}/versions/d/d-1`;
    await pipeline.store.hide({ bucket: VAULT, key });
    await site.delete({ kind: 'document', id: 'd' });
    expect(await treeAt(before)).toEqual({ 'anna/x': 'text' });
    expect(await deletedAt()).toEqual({ 'anna/x': ['text', 60_000] });
  });

  it('have the storage class that the listing tells', async () => {
    const key = `workdocs/${SITE}/versions/d/d-1`;
    pipeline.s3.put(VAULT, key, 'an older version', { storageClass: 'DEEP_ARCHIVE' });
    await pipeline.store.hide({ bucket: VAULT, key });
    await site.file('d', 'anna-root', 'x', 'text');
    minute();
    pipeline.s3.put(VAULT, `workdocs/${SITE}/versions/d/d-1`, 'other bytes, another version', {
      storageClass: 'GLACIER_IR',
    });
    expect((await statesAt())[0]?.current).toMatchObject({
      storageClass: 'STANDARD',
      lastModified: start,
      size: 4,
    });
    expect(await treeAt()).toEqual({ 'anna/x': 'text' });
  });
});

describe('a part of a site', () => {
  beforeEach(async () => {
    await site.user('annabel');
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.file('d1', 'f', 'x', 'first', { createdAt: 1 });
    await site.file('d2', 'f', 'x', 'second', { createdAt: 2 });
    await site.file('d3', 'anna-root', 'f', 'document beside the folder');
    await site.file('d4', 'annabel-root', 'y', 'of another');
  });

  it.each([
    ['anna', ['anna/f (2)', 'anna/f/x', 'anna/f/x (2)']],
    ['anna/', ['anna/f (2)', 'anna/f/x', 'anna/f/x (2)']],
    ['anna/f', ['anna/f/x', 'anna/f/x (2)']],
    ['anna/f/x', ['anna/f/x']],
    ['anna/f/x (2)', ['anna/f/x (2)']],
    ['ann', []],
    ['anna/f/x/', []],
  ])('under %j has what it would have in the whole', async (prefix, keys) => {
    const states = await statesAt(pipeline.now, { prefix });
    expect(states.map(({ key }) => key)).toEqual(keys);
  });
});

describe('all versions and records', () => {
  beforeEach(async () => {
    await site.folder({ id: 'f', parentId: 'anna-root', name: 'f' });
    await site.document({ id: 'd', parentId: 'f', name: 'x.txt', createdAt: 1 }, [
      { id: 'v1', text: 'one', createdAt: 1 },
      { id: 'v2', text: 'two', createdAt: 2 },
      { id: 'v3', text: 'three', createdAt: 3 },
    ]);
    await site.file('e', 'f', 'x (v1).txt', 'in the way', { createdAt: 5 });
  });

  it('come as files beside the current version', async () => {
    expect(await treeAt(pipeline.now, { allVersions: true })).toEqual({
      'anna/f/x.txt': 'three',
      'anna/f/x (v1).txt': 'in the way',
      'anna/f/x (v1) (2).txt': 'one',
      'anna/f/x (v2).txt': 'two',
    });
  });

  it('have nothing of uploads that never ended', async () => {
    await site.document({ id: 'u', parentId: 'f', name: 'u.txt', latest: 'u3' }, [
      { id: 'u1', status: 'DELETED', missing: 'uploading', createdAt: 1 },
      { id: 'u2', text: 'two', createdAt: 2 },
      { id: 'u3', text: 'three', createdAt: 3 },
    ]);
    const keys = Object.keys(await treeAt(pipeline.now, { allVersions: true }));
    expect(keys.filter((key) => key.startsWith('anna/f/u'))).toEqual(['anna/f/u (v2).txt', 'anna/f/u.txt']);
  });

  it('come with one document too', async () => {
    const tree = await treeAt(pipeline.now, { allVersions: true, prefix: 'anna/f/x.txt' });
    expect(Object.values(tree)).toEqual(['one', 'two', 'three']);
  });

  it('come as the records were', async () => {
    const tree = await treeAt(pipeline.now, { sidecars: true });
    expect(Object.keys(tree)).toEqual([
      'anna/.workdocs.json',
      'anna/f/.workdocs.json',
      'anna/f/x (v1).txt',
      'anna/f/x (v1).txt.workdocs.json',
      'anna/f/x.txt',
      'anna/f/x.txt.workdocs.json',
    ]);
    expect(JSON.parse(tree['anna/f/x.txt.workdocs.json'] ?? '')).toMatchObject({ id: 'd', kind: 'document' });
    expect(JSON.parse(tree['anna/f/.workdocs.json'] ?? '')).toMatchObject({ id: 'f', kind: 'folder' });
  });
});

it('refuses more documents than whoever reads may read', async () => {
  await site.file('d1', 'anna-root', 'x', 'text');
  await site.file('d2', 'anna-root', 'y', 'text');
  await expect(statesAt(pipeline.now, { most: 1 })).rejects.toThrow('more than the 1 document that');
  expect(await treeAt(pipeline.now, { most: 2 })).toEqual({ 'anna/x': 'text', 'anna/y': 'text' });
});

it('has the times of a version, and none that no file can have', async () => {
  const times = { createdAt: 3, modifiedAt: 2, contentModifiedAt: 1 };
  await site.document({ id: 'd1', parentId: 'anna-root' }, [{ id: 'v', text: 't', ...times }]);
  await site.document({ id: 'd2', parentId: 'anna-root' }, [
    { id: 'v', text: 't', ...times, contentModifiedAt: -5, modifiedAt: Date.UTC(99_999, 0) },
  ]);
  await site.document({ id: 'd3', parentId: 'anna-root' }, [{ id: 'v', text: 't', createdAt: 0 }]);
  expect((await statesAt()).map(({ modifiedAt }) => modifiedAt)).toEqual([1, 3, undefined]);
});

it('tells what was there before what was deleted under the same path', async () => {
  await site.file('a', 'anna-root', 'x', 'deleted', { createdAt: 1 });
  await site.file('b', 'anna-root', 'x', 'there', { createdAt: 2 });
  await site.delete({ kind: 'document', id: 'a' });
  expect((await statesAt()).map(({ key, documentId }) => [key, documentId])).toEqual([
    ['anna/x', 'b'],
    ['anna/x', 'a'],
  ]);
});

it('asks once for each record, and not for the bytes', async () => {
  for (let n = 0; n < 50; n++) await site.file(`d${n}`, 'anna-root', `x${n}`, 'text');
  const { requests } = pipeline.s3;
  requests.resetCounts();
  await statesAt();
  expect(requests.counts()).toEqual({ get: 52, listVersions: 5 });
});
