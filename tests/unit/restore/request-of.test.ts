import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { requestIn, requestOf } from '@holdfast/core/restore/request-of.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET } from '../../../testing/pipeline.ts';

const NOW = {
  ...checkRestoreMessage({ source: `s3://${SOURCE}/2026/`, target: `s3://${TARGET}` }, ADDRESSES),
  at: 1,
};
/** As an earlier release kept it. */
const { source: _, allVersions: __, sidecars: ___, ...rest } = NOW;
const BEFORE = { ...rest, bucket: SOURCE };

describe('the request that a job keeps', () => {
  it('is understood as an earlier release kept it', () => {
    expect(requestOf({ request: BEFORE })).toEqual(NOW);
    expect(requestIn({ request: BEFORE })).toEqual(NOW);
  });

  it('may be another: of the command line, or one that was refused', () => {
    expect(requestIn({ request: { rejected: '{}' } })).toBeUndefined();
    expect(requestIn({ request: undefined })).toBeUndefined();
    expect(() => requestOf({ request: { rejected: '{}' } })).toThrow();
  });

  it('is the same job when it is sent again after an upgrade', async () => {
    const p = new Pipeline();
    await p.protect();
    await p.capture({ '2026/a': 'one' });
    await p.restore('again', { at: new Date(p.now).toISOString(), source: `s3://${SOURCE}/2026/` });
    const job = await p.job('again');
    const { source: ____, ...request } = requestOf(job);
    const q = new Pipeline();
    await q.catalog.createJob({ ...job, request: { ...request, bucket: SOURCE } });
    await q.protect();
    await q.capture({ '2026/a': 'one' });
    await q.restore('again', { at: new Date(request.at).toISOString(), source: `s3://${SOURCE}/2026/` });
    expect((await q.catalog.listJobs()).map(({ id }) => id)).toEqual(['again']);
  });
});
