import { BUCKET_QUEUES } from '@holdfast/core/model/queues.ts';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Failures } from '../../operations/json/failures.ts';
import type { JobResult } from '../../operations/json/job.ts';
import type { Jobs } from '../../operations/json/jobs.ts';
import type { Status } from '../../operations/json/status.ts';
import { restartCloud } from '../../scripts/lib/cloud.ts';
import { eventually, givenBucket, hideFor, holdfast, settled, tryHoldfast } from './support/cloud.ts';
import {
  contentOf,
  disordered,
  heldOf,
  lost,
  markedTwice,
  objectsOf,
  repeated,
} from './support/compare-vault.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { ratesOf } from './support/faults.ts';
import { faultsCloud } from './support/faults-cloud.ts';
import { Owner } from './support/owner.ts';
import { killWorkers, workersOf } from './support/workers.ts';

const SEED = process.env['HOLDFAST_FAULT_SEED'] ?? String(Date.now());
const OPTIONS = faultsCloud(inject('proxyPort'));
/** Objects that one function has between copy and record at the same time, at most: ObjectConcurrency. */
const SIDE_BY_SIDE = 16;

/** Each of these objects meets a wall of its own, until the faults are off. */
const DOOMED: Readonly<Record<string, string>> = {
  's3 HeadObject': 'doomed/head',
  's3 CopyObject': 'doomed/copy',
  'dynamodb PutItem': 'doomed/table',
  's3 UploadPartCopy': 'doomed/large',
};

let proxy: FaultProxy;
let owner: Owner;
let source: string;
/** Functions that died with work in hand: by our hand, or with the emulator. */
let died = 0;

beforeAll(async () => {
  console.log(`HOLDFAST_FAULT_SEED=${SEED} brings the same faults again`);
  const target = Number(new URL(process.env['AWS_ENDPOINT_URL'] ?? '').port);
  proxy = await FaultProxy.start({ target: () => target, seed: SEED, port: inject('proxyPort') });
  // What a dead function had comes again after this time, not after the template's 12 and 30 minutes.
  for (const queue of BUCKET_QUEUES) await hideFor(queue, 45);
  owner = new Owner(await givenBucket('faults'));
  source = `s3://${owner.bucket}`;
});

afterAll(() => {
  console.log('faults', Object.fromEntries(proxy.faults), 'done unheard', Object.fromEntries(proxy.unheard));
  proxy.stop();
});

it('comes to rest after faults, deaths and a restart, while 2,000 objects changed', async () => {
  await owner.write([...numbered(0, 500), ...large(0, 3)]);
  proxy.rates = ratesOf(0.3);
  await holdfast('protect', source);
  await owner.write(numbered(500, 1300));
  await killInTheMiddle();
  await owner.write([...numbered(1300, 2000), ...large(3, 6)]);
  await owner.delete([...numbered(0, 200), ...numbered(1200, 1300), ...large(1, 2)]);
  await restartInTheMiddle();
  await owner.write([...numbered(150, 350), ...large(2, 4), ...numbered(900, 1000)]);
  await holdfast('reconcile', source);
  await killInTheMiddle();
  proxy.doom = ({ operation, subject }) =>
    subject.includes(DOOMED[operation] ?? '\0') ? 'resetBefore' : undefined;
  await owner.write(Object.values(DOOMED));
  await owner.delete(numbered(950, 1050));
  await eventually('all that is doomed is given up and explained', isExplained, 240);

  proxy.off();
  await settled(owner.bucket);
  const { jobs } = (await holdfast('jobs')) as Jobs;
  expect(jobs.filter(({ state }) => state === 'running')).toEqual([]);
});

it('understands all that is in the dead-letter queues', async () => {
  const { failures, further } = (await tryHoldfast('failures', '--limit', '1000')).output as Failures;
  expect(further).toBe(0);
  expect(failures.length).toBeGreaterThanOrEqual(Object.keys(DOOMED).length);
  expect(failures.filter(({ readable }) => !readable)).toEqual([]);
});

it('makes good what was given up when it is sent again', async () => {
  await holdfast('failures', '--redrive');
  await settled(owner.bucket);
  expect((await holdfast('failures')) as Failures).toEqual({ failures: [], further: 0 });
  const { entries } = await heldOf(owner.bucket);
  const states = Object.values(DOOMED).map((key) => entries.get(key)?.state);
  expect(states).toEqual(['current', 'current', 'current', 'current']);
});

it('has lost nothing and doubled nothing after a reconcile', async () => {
  await holdfast('reconcile', source, '--wait');
  // Large copies that it began go on behind it.
  await settled(owner.bucket);
  const present = owner.present();
  const objects = await objectsOf(owner.bucket);
  expect(objects.size).toBe(present.size);
  const held = await heldOf(owner.bucket);
  expect(await lost(owner, held)).toEqual([]);
  expect(await disordered(owner, held)).toEqual([]);
  expect(markedTwice(held)).toEqual([]);
  expect(repeated(held)).toBeLessThanOrEqual(mayRepeat());
  const status = (await holdfast('status', source)) as Status;
  const bytes = [...objects.values()].reduce((sum, { size }) => sum + size, 0);
  expect(status).toMatchObject({
    sources: [{ objects: present.size, bytes, unprotected: 0, unprotectedObjects: { total: 0 } }],
    runningJobs: [],
    attention: [],
  });
});

it('restores all of it while requests fail, and the second time copies nothing', async () => {
  proxy.rates = ratesOf(0.2);
  const target = await givenBucket('holdfast-restore');
  const command = ['restore', source, '--to', `s3://${target}`, '--wait'];
  const { restored = 0, right = 0 } = countsOf(await holdfast(...command));
  expect(restored + right).toBe(owner.present().size);
  await settled(owner.bucket);
  const before = proxy.asked.get('s3 CopyObject');
  const again = countsOf(await holdfast(...command));
  expect(again).toMatchObject({ right: owner.present().size });
  expect(again).not.toHaveProperty('restored');
  expect(proxy.asked.get('s3 CopyObject')).toBe(before);
  proxy.off();
  const copies = await objectsOf(target);
  expect([...copies.keys()].sort()).toEqual([...owner.present().keys()].sort());
  for (const [key, object] of copies)
    expect(await contentOf(target, key, object)).toBe(owner.present().get(key));
});

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `n/${String(from + n).padStart(4, '0')}`);
}

function large(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `large/${from + n}`);
}

/** Waits until copies are being made. */
async function copiesUnderWay(): Promise<void> {
  const before = proxy.asked.get('s3 CopyObject') ?? 0;
  await eventually('copies', async () => (proxy.asked.get('s3 CopyObject') ?? 0) > before + 20);
}

async function killInTheMiddle(): Promise<void> {
  await copiesUnderWay();
  const killed = await killWorkers(OPTIONS.stateDir);
  expect(killed).toBeGreaterThan(0);
  died += killed;
}

async function restartInTheMiddle(): Promise<void> {
  await copiesUnderWay();
  died += (await workersOf(OPTIONS.stateDir)).length;
  await restartCloud(OPTIONS);
}

/** Whether `failures` tells of every doomed object, and why: all but one by its entry, which says what failed. */
async function isExplained(): Promise<boolean> {
  const { failures } = (await tryHoldfast('failures', '--limit', '1000')).output as Failures;
  const told = new Map(failures.flatMap(({ objects }) => objects).map((object) => [object.key, object]));
  // The row of doomed/table cannot be written: its message is all that tells of it.
  if (told.get('doomed/table')?.state !== null) return false;
  return ['doomed/head', 'doomed/copy', 'doomed/large'].every((key) => {
    const { state, reason, detail } = told.get(key) ?? {};
    return state === 'unprotected' && reason === 'failed' && detail?.includes(key) === true;
  });
}

/**
 * Why a version may be the same again: its copy was made and nobody heard of it (a crash between copy and record costs
 * a repeated copy: I2), or an overwritten object's earlier event came late and found what the later one had copied.
 */
function mayRepeat(): number {
  const unheard = ['s3 CopyObject', 's3 CompleteMultipartUpload', 'dynamodb PutItem'];
  const byFault = unheard.reduce((sum, operation) => sum + (proxy.unheard.get(operation) ?? 0), 0);
  const overwritten = owner.writes() - owner.stories.size;
  return byFault + died * SIDE_BY_SIDE + overwritten;
}

function countsOf(started: unknown): Record<string, number> {
  const { result } = started as { result: JobResult | null };
  expect(result?.job).toMatchObject({ state: 'done' });
  return result?.job.counts ?? {};
}
