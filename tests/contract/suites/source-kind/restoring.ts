import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksums } from '@holdfast/core/aws/checksums.ts';
import { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import { AddressBook } from '@holdfast/core/model/address.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { handleRestoreMessage } from '@holdfast/core/restore/handle-restore-message.ts';
import { handleRestoreWork } from '@holdfast/core/restore/handle-restore-work.ts';
import { restoreJob } from '@holdfast/core/restore/restore-job.ts';
import { expect } from 'vitest';
import type { LocalResult, LocalWorld } from '../../../../cli/local/local-job.ts';
import { NAMES_FILE } from '../../../../cli/local/names-list.ts';
import { restoreToFolder } from '../../../../cli/local/restore-to-folder.ts';
import { MemoryWorkQueue } from '../../../../testing/memory/memory-work-queue.ts';
import { PLAIN, type SourcePromise } from './given.ts';
import { awkwardLife, fullLife, type Life, type Moment, ownAwkwardLife, ownFullLife } from './life.ts';
import { sorted, type Text, textsOf } from './reading.ts';
import { selection } from './selecting.ts';

const TARGET = 'holdfast-restore-suite';

/** How a source comes back. */
export const RESTORING: readonly SourcePromise[] = [
  {
    name: 'comes back into a folder as it was at a moment',
    check: async (given) => {
      const life = await fullLife(given);
      for (const moment of [life.moments.at(6), life.last]) if (moment) await intoFolder(life, moment);
    },
  },
  {
    name: 'comes back into a folder with names that have broken tools',
    check: async (given) => {
      const life = await awkwardLife(given);
      await intoFolder(life, life.last);
    },
  },
  {
    name: 'comes back into a bucket as it was at a moment, or refuses that',
    check: async (given) => {
      const life = await ownFullLife(given);
      const moment = life.moments.at(6) ?? life.last;
      if (!(await isRefused(life))) expect(await intoBucket(life, moment)).toEqual(textsOf(moment.there));
    },
  },
  {
    name: 'comes back into a bucket with names that have broken tools, or refuses that',
    check: async (given) => {
      const life = await ownAwkwardLife(given);
      if (!(await isRefused(life)))
        expect(await intoBucket(life, life.last)).toEqual(textsOf(life.last.there));
    },
  },
];

async function intoFolder(life: Life, { captured, there }: Moment): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-suite-'));
  try {
    const first = await restoreThere(life, captured, folder);
    expect(first.problems).toEqual([]);
    expect(first.ended).toBe('done');
    expect(await filesIn(folder, life, first)).toEqual(textsOf(there));
    const again = await restoreThere(life, captured, folder);
    expect(again.counts).toMatchObject({ restored: 0, right: first.counts.planned });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function restoreThere(life: Life, at: number, folder: string): Promise<LocalResult> {
  const { world } = life.source;
  const select = life.given.kind.history.selectRepeatedly(selection(life, { at }), world, {});
  const local: LocalWorld = {
    ...{ reader: life.given.kind.history.reader(world), clock: world.clock, pause: async () => {} },
    ...{ signal: new AbortController().signal, progress: () => {} },
  };
  return restoreToFolder({ select, folder, overwrite: 'never', transfers: 2 }, local);
}

/** Files by their keys. A name that no file can have is in the list of those that were given another. */
async function filesIn(folder: string, life: Life, { mapped }: LocalResult): Promise<Text[]> {
  const keys = new Map(mapped.map(({ key, path }) => [path, key]));
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile());
  const paths = files.map((one) => join(one.parentPath, one.name).slice(folder.length + 1));
  const things = paths.filter((path) => path !== NAMES_FILE && life.given.isItem(keys.get(path) ?? path));
  return sorted(
    await Promise.all(
      things.map(
        async (path) => [keys.get(path) ?? path, await readFile(join(folder, path), 'utf8')] as const,
      ),
    ),
  );
}

/** Whether the kind is for other targets; then it has to say so to whoever asks all the same. */
async function isRefused(life: Life): Promise<boolean> {
  const why = life.given.kind.address.refusal(PLAIN, 'bucket');
  if (why === undefined) return false;
  const { state, message } = await restoreByMessage(life, life.last);
  expect(state).toBe('failed');
  expect(message).toContain(why);
  return true;
}

async function intoBucket(life: Life, moment: Moment): Promise<Text[]> {
  const { state, counts } = await restoreByMessage(life, moment);
  expect({ state, failed: counts['failed'] ?? 0, restored: counts['restored'] }).toEqual({
    ...{ state: 'done', failed: 0, restored: counts['planned'] },
  });
  const { s3 } = life.source;
  const keys = s3.keys(TARGET).filter(life.given.isItem);
  return sorted(keys.map((key) => [key, s3.text(TARGET, key) ?? ''] as const));
}

/** A restore by its functions, in steps of three keys, where the kind can be read in steps. */
async function restoreByMessage(life: Life, { captured }: Moment): Promise<Job> {
  const { source, s3, world: given } = life.source;
  const { kind } = life.given;
  s3.createBucket(TARGET);
  const queue = new MemoryWorkQueue();
  const settings = { ...given.settings, keysPerStep: 3, restoreTargets: [TARGET] };
  const { history } = kind;
  const { planQueue } = kind.address;
  const world = {
    ...{ ...given, queue, settings, checksums, history, planQueue },
    addresses: new AddressBook([kind.address]),
    jobKinds: new JobKinds([restoreJob]),
    historyOf: () => kind.history,
  };
  const jobId = 'restore-of-the-suite';
  const at = formatMoment(captured);
  await queue.send('restore', [JSON.stringify({ source, target: `s3://${TARGET}`, at, jobId })]);
  for (let messages = 0; messages < 500; messages++) {
    const delivery = { messageId: `m${messages}`, receiveCount: 1, timeLeft: () => 900_000 };
    const plan = [...new Set<QueueName>(['restore', planQueue])].flatMap((name) => queue.take(name));
    const work = queue.take('restoreWork');
    if (plan.length + work.length === 0) break;
    for (const body of plan) await handleRestoreMessage(body, delivery, world);
    for (const body of work) await handleRestoreWork(body, delivery, world);
  }
  const job = await world.catalog.getJob(jobId);
  if (job === undefined) throw new Error('the restore left no job');
  return job;
}
