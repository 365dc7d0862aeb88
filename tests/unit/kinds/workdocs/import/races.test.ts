import { checksums } from '@holdfast/core/aws/checksums.ts';
import { settleImport } from '@holdfast/core/kinds/workdocs/import/settle-import.ts';
import { versionNames } from '@holdfast/core/kinds/workdocs/import/version-names.ts';
import { recordText } from '@holdfast/core/kinds/workdocs/model/records.ts';
import { recordKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { isDrained } from '@holdfast/core/model/job.ts';
import { expect, it } from 'vitest';
import { VAULT } from '../../../../../testing/pipeline.ts';
import { rawZip } from '../../../../../testing/zips/raw-zip.ts';
import { EXPORT, GivenExport, SITE } from '../../../../support/given-export.ts';

it('a record that reached the vault and not the catalog is added to, not replaced', async () => {
  const before = new GivenExport();
  await before.zip('alice.zip', { 'plan.txt': 'first' });
  await before.import('i1');
  const record = (await before.documents()).get('alice/plan.txt');
  if (record === undefined) throw new Error('no record');
  const given = new GivenExport();
  given.pipeline.s3.put(VAULT, recordKey(SITE, record), recordText(record));
  const later = { name: 'plan.txt', content: 'second', date: ((2025 - 1980) << 9) | (3 << 5) | 1 };
  given.put('alice.zip', rawZip([later]).bytes);
  expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { imported: 1 } });
  const merged = (await given.documents()).get('alice/plan.txt');
  expect(merged?.versions.map(({ size }) => size)).toEqual([5, 6]);
});

it('an import does not end for one who looked before another went on to the totals', async () => {
  const given = new GivenExport();
  await given.register();
  const { catalog, queue, now } = given.pipeline;
  const world = { ...given.pipeline.world, checksums };
  await catalog.createJob({
    id: 'i1',
    kind: 'import',
    source: siteUri(SITE),
    state: 'running',
    phase: 'work',
    trigger: 'manual',
    startedAt: now,
    openRanges: 0,
    batchesQueued: 0,
    batchesDone: 0,
    counts: { zips: 1 },
    request: { export: `s3://${EXPORT}` },
  });
  const run = {
    jobId: 'i1',
    site: SITE,
    terms: { export: `s3://${EXPORT}` },
    place: { bucket: EXPORT, prefix: '' },
    versionNames: versionNames(undefined),
  };
  let raced = false;
  const getJob = catalog.getJob.bind(catalog);
  catalog.getJob = async (id) => {
    const job = await getJob(id);
    if (!raced && job !== undefined && isDrained(job)) {
      raced = true;
      await settleImport(run, { messageId: 'm2', receiveCount: 1 }, world);
    }
    return job;
  };
  await settleImport(run, { messageId: 'm1', receiveCount: 1 }, world);
  expect(await given.pipeline.job('i1')).toMatchObject({ state: 'running', openRanges: 1 });
  expect(queue.waiting('import').map((body) => JSON.parse(body).kind)).toEqual(['total']);
  await given.drain();
  expect(await given.pipeline.job('i1')).toMatchObject({ state: 'done', openRanges: 0 });
});
