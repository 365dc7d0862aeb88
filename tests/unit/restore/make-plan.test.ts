import type { Requests } from '@holdfast/core/cost/requests.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import { requestOf } from '@holdfast/core/restore/request-of.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import { writtenBytes } from '@holdfast/core/restore/restore-plan.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

const SETTINGS = { multipartThresholdBytes: 2_000, partBytes: 900, keysPerStep: 500 };

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline({ settings: SETTINGS });
  await pipeline.protect();
});

function plan(extra: Record<string, unknown> = {}): Promise<RestorePlan> {
  const message = { source: sourceUri(SOURCE), target: sourceUri(TARGET), ...extra };
  const request = checkRestoreMessage(message, ADDRESSES);
  return makePlan({ ...request, at: request.at ?? pipeline.now }, pipeline.world);
}

/** A bucket of every size, and a target where some of it is: the same, other, of the same size and other. */
async function givenMixed(storageClass = 'STANDARD'): Promise<void> {
  const keyOf = (i: number) => `${'abcdefghij'[i % 10]}/${i}`;
  for (let i = 0; i < 1500; i++)
    pipeline.s3.put(SOURCE, keyOf(i), `body ${i}`.repeat(1 + (i % 7)), { storageClass });
  for (let i = 0; i < 20; i++) pipeline.s3.put(SOURCE, `large/${i}`, 'x'.repeat(3_000));
  await pipeline.drain();
  for (let i = 0; i < 1500; i += 3) {
    pipeline.s3.put(TARGET, keyOf(i), i % 2 === 0 ? `body ${i}`.repeat(1 + (i % 7)) : 'longer than it was');
  }
  for (let i = 0; i < 40; i++) pipeline.s3.put(TARGET, `extra/${i}`, 'extra');
}

const bytesBefore = () => pipeline.s3.keys(TARGET).length;

/** What the ports are asked for while a restore is done; queues are left out: there are none in memory to poll. */
async function reality(id: string, extra: Record<string, unknown>) {
  const { s3, catalog } = pipeline;
  s3.requests.resetCounts();
  catalog.requests.resetCounts();
  const job = await pipeline.restore(id, extra);
  const requests: Record<string, number> = { ...s3.requests.counts(), ...catalog.requests.counts() };
  return { job, requests };
}

const sum = ({ queue: _q, event: _e, ...rest }: Requests): number =>
  Object.values(rest).reduce((all, n) => all + n, 0);

describe('a plan', () => {
  it.each<[string, Record<string, unknown>]>([
    ['that leaves alone what differs', {}],
    ['that overwrites', { overwrite: 'always' }],
    ['that overwrites what is older', { overwrite: 'older' }],
    ['that deletes what is too much', { overwrite: 'always', exact: true }],
    ['of a part, under another name', { prefix: 'a/', map: [{ from: 'a/', to: 'z/' }] }],
    ['of a part by globs', { include: ['b/**', 'large/**'], target: `${sourceUri(TARGET)}/back/` }],
  ])('%s is within 10 % of the bytes and 20 %% of the requests', async (_, extra) => {
    await givenMixed();
    await isNear(extra);
  });

  it('of copies that have tags counts the reading of those', async () => {
    await givenMixed('STANDARD_IA');
    await isNear({});
  });

  async function isNear(extra: Record<string, unknown>): Promise<void> {
    const keys = bytesBefore();
    const planned = await plan(extra);
    expect(bytesBefore()).toBe(keys);
    const { job, requests } = await reality('j1', extra);

    const { counts } = job;
    expect(planned.selected).toEqual({ objects: counts['planned'], bytes: counts['plannedBytes'] });
    expect(writtenBytes(planned)).toBe(counts['restoredBytes'] ?? 0);
    expect(planned.right.objects).toBe(counts['right'] ?? 0);
    expect(planned.conflicts.objects).toBe(counts['conflicts'] ?? 0);
    expect(planned.extras.objects).toBe(counts['deleted'] ?? 0);
    const real = sum(requests as Requests);
    expect(Math.abs(sum(planned.requests) - real) / real).toBeLessThan(0.2);
  }

  it('looks closer where size and ETag leave it open', async () => {
    for (const key of ['a', 'b', 'c']) pipeline.s3.put(SOURCE, key, `one of ${key}`);
    await pipeline.drain();
    pipeline.s3.put(TARGET, 'a', 'one of a');
    pipeline.s3.put(TARGET, 'b', 'eno of b');
    // Uploaded in parts: the same bytes, and another ETag.
    pipeline.s3.uploadMultipart(TARGET, 'c', ['one ', 'of c']);
    const { right, conflicts } = await plan();
    expect({ right, conflicts }).toMatchObject({
      right: { objects: 2 },
      conflicts: { objects: 1, examples: ['b'] },
    });
  });

  it('names a few of what is overwritten and deleted, and keeps the memory of no more', async () => {
    for (let i = 0; i < 30; i++) {
      pipeline.s3.put(SOURCE, `k${i}`, 'mine');
      pipeline.s3.put(TARGET, `k${i}`, 'another');
      pipeline.s3.put(TARGET, `x${i}`, 'extra');
    }
    await pipeline.drain();
    const { overwritten, extras } = await plan({ overwrite: 'always', exact: true });
    expect([overwritten.objects, overwritten.examples.length]).toEqual([30, 10]);
    expect([extras.objects, extras.examples.length]).toEqual([30, 10]);
    expect(extras.bytes).toBe(150);
  });

  it('tells what has to be thawed, by storage class', async () => {
    for (const key of ['a', 'b', 'c']) pipeline.s3.put(SOURCE, key, `one of ${key}`);
    await pipeline.drain();
    pipeline.s3.object(VAULT, `s3/${SOURCE}/a`).content.storageClass = 'GLACIER';
    pipeline.s3.object(VAULT, `s3/${SOURCE}/b`).content.storageClass = 'GLACIER_IR';
    pipeline.s3.object(VAULT, `s3/${SOURCE}/c`).content.storageClass = 'DEEP_ARCHIVE';
    const size = { objects: 1, bytes: 8 };
    expect((await plan()).archived).toEqual({ GLACIER: size, DEEP_ARCHIVE: size });
  });

  it('thaws nothing that is right already, or may not be overwritten', async () => {
    for (const key of ['right', 'theirs']) pipeline.s3.put(SOURCE, key, `one of ${key}`);
    await pipeline.drain();
    pipeline.s3.put(TARGET, 'right', 'one of right');
    pipeline.s3.put(TARGET, 'theirs', 'not ours');
    for (const key of ['right', 'theirs']) pipeline.s3.transition(VAULT, `s3/${SOURCE}/${key}`, 'GLACIER');
    expect((await plan()).archived).toEqual({});
    expect((await plan({ overwrite: 'always' })).archived).toMatchObject({ GLACIER: { objects: 1 } });
  });

  it('costs something', async () => {
    await givenMixed();
    const { dollars } = await plan();
    // Some 1,000 copies at $5 a million, and what is beside.
    expect(dollars).toBeGreaterThan(0.005);
    expect(dollars).toBeLessThan(0.02);
  });

  it('of a job is of the moment that the job took', async () => {
    await givenMixed();
    const request = requestOf((await reality('j1', {})).job);
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'later', 'x');
    await pipeline.drain();
    const again = await makePlan(request, pipeline.world);
    expect(again.selected.objects).toBe(1520);
    expect(again.right.objects).toBe(1520 - 250);
  });
});
