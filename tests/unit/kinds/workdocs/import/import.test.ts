import { siteStatesAt } from '@holdfast/core/kinds/workdocs/history/site-states.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { VAULT } from '../../../../../testing/pipeline.ts';
import { rawZip } from '../../../../../testing/zips/raw-zip.ts';
import { EXPORT, GivenExport, MODIFIED, SITE, zipOf } from '../../../../support/given-export.ts';

let given: GivenExport;
beforeEach(() => {
  given = new GivenExport();
});

describe('an import', () => {
  it('brings users, folders, documents and empty folders into the vault', async () => {
    await given.zip('exp/alice.zip', { 'plan.txt': 'plan', 'a/b/deep.txt': 'deep', 'empty/': null });
    await given.zip('exp/bob.zip', { 'plan.txt': 'of bob' });
    const job = await given.import('i1', { export: `s3://${EXPORT}/exp` });
    expect(job).toMatchObject({
      state: 'done',
      kind: 'import',
      counts: { zips: 2, entries: 4, imported: 4, importedBytes: 14 },
    });
    expect([...(await given.documents()).keys()].sort()).toEqual([
      'alice/a/b/deep.txt',
      'alice/plan.txt',
      'bob/plan.txt',
    ]);
    expect((await given.records('folder')).map(({ name }) => name).filter(Boolean)).toEqual([
      'a',
      'b',
      'empty',
    ]);
    expect((await given.records('user')).map(({ name }) => name)).toEqual(['alice', 'bob']);
    expect(await given.texts('alice/a/b/deep.txt')).toEqual(['deep']);
    const deep = (await given.documents()).get('alice/a/b/deep.txt');
    expect(deep).toMatchObject({
      importedFrom: `s3://${EXPORT}/exp/alice.zip`,
      createdAt: MODIFIED.getTime(),
      versions: [{ createdAt: MODIFIED.getTime(), name: 'deep.txt', size: 4, kept: { size: 4 } }],
    });
    expect(await given.pipeline.catalog.getSource(siteUri(SITE))).toMatchObject({
      totals: { objects: 3, bytes: 14, unprotected: 0 },
      lastReconcileJob: 'i1',
    });
    expect(given.dead).toEqual([]);
  });

  it('changes nothing when it is done again, and says so', async () => {
    await given.zip('alice.zip', { 'plan.txt': 'plan', 'a/b.txt': 'b', 'a/': null, 'empty/': null });
    await given.import('i1');
    const before = await given.vaultVersions();
    const again = await given.import('i2');
    expect(again).toMatchObject({ state: 'done', counts: { entries: 4, unchanged: 4 } });
    expect(again.counts['imported']).toBeUndefined();
    expect(await given.vaultVersions()).toBe(before);
  });

  it('comes to the same when every message comes twice, and in small steps', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, n) => [`f${n % 7}/d${n}.txt`, `text ${n}`]),
    );
    await given.zip('alice.zip', files);
    given.deliveries = 2;
    const job = await given.import('i1');
    expect(job.counts).toMatchObject({ entries: 250, imported: 250 });
    expect((await given.documents()).size).toBe(250);
    expect(job).toMatchObject({ state: 'done', openRanges: 0, batchesQueued: 3, batchesDone: 3 });
  });

  it('gives a folder its time, whether a document or its own entry comes first', async () => {
    await given.zip('alice.zip', { 'a/x.txt': 'x', 'a/': null, 'b/': null, 'b/x.txt': 'x' });
    expect(await given.import('i1')).toMatchObject({ counts: { imported: 4, folders: 2 } });
    const folders = (await given.records('folder')).filter(({ name }) => name !== undefined);
    expect(folders.map(({ name, createdAt }) => [name, createdAt])).toEqual([
      ['a', MODIFIED.getTime()],
      ['b', MODIFIED.getTime()],
    ]);
    expect(await given.import('i2')).toMatchObject({ counts: { unchanged: 4 } });
  });

  it('reads all zips where one listing does not hold them', async () => {
    const zip = await zipOf({ 'x.txt': 'x' });
    for (let n = 0; n < 230; n++) given.put(`u${n}.zip`, zip);
    expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { zips: 230, imported: 230 } });
    expect((await given.records('user')).length).toBe(230);
  });

  it('keeps what is there twice under one name as two versions of it', async () => {
    const zip = await zipOf({ 'plan.txt': 'one', 'plan.txu': 'two2' });
    const twice = Buffer.from(zip.toString('latin1').replaceAll('plan.txu', 'plan.txt'), 'latin1');
    given.put('alice.zip', twice);
    expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { entries: 2, imported: 2 } });
    expect(await given.texts('alice/plan.txt')).toEqual(['one', 'two2']);
  });
});

describe('what was imported', () => {
  const pathsAt = async (moment: string) => {
    const place = { source: siteUri(SITE), prefix: '' };
    const states = siteStatesAt(place, Date.parse(moment), given.pipeline.world);
    return (await Array.fromAsync(states))
      .filter(({ current, key }) => current !== undefined && !key.endsWith('/'))
      .map(({ key, vaultKey, current }) => {
        const versionId = current !== undefined && 'versionId' in current ? current.versionId : undefined;
        return `${key}: ${given.pipeline.s3.text(VAULT, vaultKey, versionId)}`;
      });
  };
  const at = (year: number) => ((year - 1980) << 9) | (1 << 5) | 1;

  it('is found again by its paths, now and at any moment that its versions know', async () => {
    const entries = [
      { name: 'a/plan (v1).txt', content: 'of 2020', date: at(2020) },
      { name: 'a/plan (v2).txt', content: 'of 2022', date: at(2022) },
      { name: 'a/new.txt', content: 'new', date: at(2023) },
    ];
    given.put('alice.zip', rawZip(entries).bytes);
    await given.import('i1', { versionsNamed: '{name} (v{n}){ext}' });
    expect(await pathsAt('2026-04-01T00:00:00Z')).toEqual([
      'alice/a/new.txt: new',
      'alice/a/plan.txt: of 2022',
    ]);
    expect(await pathsAt('2021-01-01T00:00:00Z')).toEqual(['alice/a/plan.txt: of 2020']);
    expect(await pathsAt('2019-01-01T00:00:00Z')).toEqual([]);
  });
});
