import { canaryText } from '@holdfast/core/kinds/s3/model/canary.ts';
import { isPulseOverdue } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { PAGE_KEYS, PAGES_AT_PLACES, PAGES_ROUND } from '@holdfast/core/kinds/s3/pulse/look-at-places.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../../testing/pipeline.ts';

const URI = sourceUri(SOURCE);
const HOUR = 3600;
const CANARY = 'a/holdfast-canary';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
  pipeline.pass(60);
});

/** Lets time pass and the check come. */
async function hour() {
  pipeline.pass(HOUR);
  return pipeline.pulse();
}

/** Puts an object of which no event ever comes. */
function putUnheard(key: string, body = key): void {
  pipeline.s3.put(SOURCE, key, body);
  pipeline.events.splice(0);
}

function putMany(count: number, name: (n: string) => string): void {
  for (let n = 0; n < count; n++) pipeline.s3.put(SOURCE, name(String(n).padStart(6, '0')), `content ${n}`);
}

const signals = () => pipeline.telemetry.valuesOf('Pulse', URI);
const kept = () => pipeline.store.listVersions({ bucket: 'vault', prefix: 's3/' });

describe('a source that is quiet', () => {
  it('is known to be well, by a bounded number of requests', async () => {
    await pipeline.capture({ 'a/1': 'x', 'b/1': 'y' });
    pipeline.s3.requests.resetCounts();
    const { pulse, wiring } = await hour();
    expect({ pulse, wiring }).toEqual({
      pulse: { at: pipeline.now, okAt: pipeline.now, missed: 0 },
      wiring: 'ok',
    });
    expect(signals()).toEqual([1]);
    // Everything fits one page.
    expect(pipeline.s3.requests.counts()).toEqual({ list: 1 });
  });

  it('is asked no more however large it is', async () => {
    putMany(12_000, (n) => `o${n}`);
    await pipeline.drain();
    for (const key of ['o000500', 'x/5', 'y/6', 'z/7']) await pipeline.capture({ [key]: 'x' });
    pipeline.s3.requests.resetCounts();
    pipeline.catalog.requests.resetCounts();
    await hour();
    const { list = 0, ...other } = pipeline.s3.requests.counts();
    expect(list).toBeGreaterThan(PAGES_ROUND);
    expect(list).toBeLessThanOrEqual(PAGES_ROUND + PAGES_AT_PLACES);
    expect(other).toEqual({});
    expect(pipeline.catalog.requests.count('listEntries')).toBeLessThanOrEqual(
      PAGES_ROUND + PAGES_AT_PLACES + 1,
    );
  });

  it('whose lost event was of a new object is found out, and the object captured', async () => {
    await pipeline.capture({ 'a/1': 'x' });
    putUnheard('a/2');
    const { pulse, totals } = await hour();
    expect(pulse).toEqual({
      at: pipeline.now,
      missed: 1,
      trouble: '1 changed object of which no event came',
    });
    expect(pipeline.vaultText('a/2')).toBe('a/2');
    expect([signals(), pipeline.telemetry.total('MissedEvents'), totals.objects]).toEqual([[0], 1, 2]);
    expect(await hour()).toMatchObject({ pulse: { okAt: pipeline.now, missed: 0 } });
    expect(signals()).toEqual([0, 1]);
  });

  it('whose lost event was of an object written over, or of one deleted before, is found out', async () => {
    await pipeline.capture({ same: 'x', gone: 'y' });
    pipeline.s3.delete(SOURCE, 'gone');
    await pipeline.drain();
    pipeline.pass(60);
    putUnheard('same', 'other');
    putUnheard('gone', 'back');
    expect(await hour()).toMatchObject({ pulse: { missed: 2 } });
    expect([pipeline.vaultText('same'), pipeline.vaultText('gone')]).toEqual(['other', 'back']);
  });
});

describe('what may still be on its way, or is not meant', () => {
  it('is not called missed: within the grace, before the protection, outside the filter', async () => {
    pipeline = new Pipeline();
    putUnheard('a/before');
    pipeline.pass(60);
    await pipeline.protect({ prefix: 'a/', exclude: ['**/*.tmp'] });
    pipeline.pass(60);
    putUnheard('a/x.tmp');
    putUnheard('b/elsewhere');
    pipeline.pass(HOUR - 60);
    putUnheard('a/just-now');
    expect(await pipeline.pulse()).toMatchObject({ pulse: { missed: 0, okAt: pipeline.now } });
    expect((await kept()).versions).toEqual([]);
    // The same object, a while later.
    pipeline.pass(16 * 60);
    expect(await pipeline.pulse()).toMatchObject({ pulse: { missed: 1 } });
    expect(pipeline.vaultText('a/just-now')).toBe('a/just-now');
  });

  it('is not called missed when it was looked at since, and could not be captured', async () => {
    pipeline.s3.bucket(SOURCE).deniedKeys.add('a');
    await pipeline.capture({ a: 'x' });
    for (let tries = 0; tries < 4; tries++) await pipeline.drain();
    expect(await pipeline.entry('a')).toMatchObject({ reason: 'access-denied' });
    expect(await hour()).toMatchObject({ pulse: { missed: 0 } });
  });

  it('marks nothing deleted, whatever the listing leaves out (I4)', async () => {
    await pipeline.capture({ a: 'x', b: 'y' });
    pipeline.s3.delete(SOURCE, 'a');
    pipeline.events.splice(0);
    const before = await kept();
    expect(await hour()).toMatchObject({ pulse: { missed: 0 } });
    expect(await pipeline.entry('a')).toMatchObject({ state: 'current' });
    expect(await kept()).toEqual(before);
  });
});

describe('a large source', () => {
  it.each<[string, (n: string) => string, string]>([
    ['keys in the order of time', (n) => `logs/${n}`, 'logs/006000'],
    ['the newest first', (n) => `logs/${999_999 - Number(n)}`, 'logs/993999'],
    ['a folder a day', (n) => `${n.slice(0, 4)}/${n}`, '0061/006100'],
    ['an object that is written over and over', (n) => (n === '005999' ? 'm/state' : `o/${n}`), 'm/state'],
  ])('is looked at where events came from last: %s', async (_, name, next) => {
    putMany(6000, name);
    await pipeline.drain();
    pipeline.pass(60);
    putUnheard(next, 'new');
    expect(await hour()).toMatchObject({ pulse: { missed: 1 } });
    expect(pipeline.vaultText(next)).toBe('new');
  });

  it('is followed while its pipe stays dead', async () => {
    putMany(4000, (n) => `logs/${n}`);
    await pipeline.drain();
    for (let hours = 1; hours <= 5; hours++) {
      pipeline.pass(60);
      for (let n = 0; n < 900; n++) putUnheard(`logs/00${4000 + hours * 1000 + n}`);
      expect(await hour()).toMatchObject({ pulse: { missed: 900 } });
    }
  });

  it('is gone round, page by page, and from its end to its beginning', async () => {
    putMany(5 * PAGE_KEYS, (n) => `o${n}`);
    await pipeline.drain();
    pipeline.catalog.patchSource(URI, { places: { 0: 'zz', 1: 'zz', 2: 'zz', 3: 'zz' } });
    pipeline.pass(60);
    putUnheard('o002500', 'changed');
    const found: number[] = [];
    for (let hours = 0; hours < 3; hours++) found.push((await hour()).pulse?.missed ?? -1);
    expect(found).toEqual([0, 1, 0]);
    putUnheard('o000001', 'changed');
    expect([(await hour()).pulse?.missed, (await pipeline.row()).pulseAfter]).toEqual([1, 'o001999']);
  });
});

describe('a pipe that is dead', () => {
  it('is mended, and told of, when the rule was disabled, and what was missed is found', async () => {
    await pipeline.capture({ a: 'x' });
    pipeline.s3.bucket(SOURCE).rule = 'disabled';
    pipeline.s3.put(SOURCE, 'b', 'y');
    const { pulse, wiring } = await hour();
    expect(wiring).toBe('repaired');
    expect(pulse).toMatchObject({ missed: 1, trouble: expect.stringContaining('switched off') });
    expect([signals(), pipeline.telemetry.total('WiringDrift')]).toEqual([[0], 1]);
    // S3 takes some minutes: one more reconcile looks for what the first ones missed.
    expect(pipeline.queue.delayed.map(({ body }) => JSON.parse(body))).toEqual([
      { kind: 'reconcile', source: URI, trigger: 'schedule' },
    ]);
    await pipeline.capture({ c: 'z' });
    expect(pipeline.vaultText('c')).toBe('z');
    expect((await hour()).pulse).toEqual({ at: pipeline.now, okAt: pipeline.now, missed: 0 });
  });

  it.each(['missing', 'narrowed', 'elsewhere'] as const)('is told of when the rule is %s', async (rule) => {
    pipeline.s3.bucket(SOURCE).rule = rule;
    await hour();
    const { pulse, wiring } = await hour();
    expect([wiring, pulse?.okAt, pulse?.trouble]).toEqual(['broken', undefined, 'its events cannot arrive']);
    // Two intervals without success: what the alarm waits for.
    expect(signals()).toEqual([0, 0]);
  });

  it('is told of when the bucket is gone, and nothing is marked or given up', async () => {
    await pipeline.capture({ a: 'x' });
    pipeline.s3.bucket(SOURCE).missing = true;
    expect((await hour()).pulse).toMatchObject({ missed: 0, trouble: expect.stringContaining(SOURCE) });
    expect(await pipeline.entry('a')).toMatchObject({ state: 'current' });
    expect([signals(), pipeline.dead]).toEqual([[0], []]);
  });

  it('is tried again when it may not be listed, and told of at last', async () => {
    pipeline.s3.bucket(SOURCE).denied = true;
    expect((await hour()).pulse).toMatchObject({ trouble: expect.stringContaining('denied') });
    expect([signals(), pipeline.dead]).toEqual([[0], []]);
  });

  it('is overdue after two intervals and a while, whatever else', async () => {
    await hour();
    const row = await pipeline.row();
    pipeline.pass(2.4 * HOUR);
    expect(isPulseOverdue(row, pipeline.now)).toBe(false);
    pipeline.pass(0.2 * HOUR);
    expect(isPulseOverdue(row, pipeline.now)).toBe(true);
    // One that was just protected has time for its first check.
    expect(isPulseOverdue({ watchedSince: pipeline.now }, pipeline.now)).toBe(false);
  });
});

describe('a message that comes twice, late, or for another source', () => {
  it('does no harm', async () => {
    await pipeline.capture({ a: 'x' });
    putUnheard('b');
    pipeline.pass(HOUR);
    const body = JSON.stringify({ kind: 'pulse', source: URI });
    await pipeline.queue.send('reconcile', [body, body]);
    await pipeline.drain();
    expect(await pipeline.vaultHistory('b')).toEqual(['b']);
    await pipeline.catalog.patchSource(URI, { state: 'unprotected' });
    putUnheard('c');
    const before = await pipeline.row();
    await hour();
    await pipeline.queue.send('reconcile', [JSON.stringify({ kind: 'pulse', source: 's3://unknown' })]);
    await pipeline.drain();
    expect([pipeline.vaultText('c'), pipeline.dead]).toEqual([undefined, []]);
    expect(await pipeline.row()).toEqual(before);
  });
});

describe('a canary', () => {
  beforeEach(async () => {
    pipeline = new Pipeline();
    await pipeline.protect({ canary: { key: CANARY, since: pipeline.now } });
    pipeline.pass(60);
  });

  /** The looks that were put off. */
  async function readBack(): Promise<void> {
    const put = pipeline.queue.delayed.splice(0).filter(({ body }) => body.includes('readBack'));
    for (const { seconds, body } of put) {
      pipeline.pass(seconds);
      await pipeline.queue.send('reconcile', [body]);
    }
    await pipeline.drain();
  }

  /** One interval in which the canary's event takes so many seconds; undefined: it never comes. */
  async function interval(seconds: number | undefined): Promise<void> {
    pipeline.pass(HOUR);
    await pipeline.handle('reconcile', pipeline.message(JSON.stringify({ kind: 'pulse', source: URI })));
    const late = pipeline.events.splice(0);
    if (seconds !== undefined) {
      pipeline.pass(seconds);
      await pipeline.deliverEvents(late);
    }
  }

  it('goes the whole way and is read back', async () => {
    await interval(7);
    const writtenAt = pipeline.now - 7000;
    expect(pipeline.vaultText(CANARY)).toBe(canaryText(URI, writtenAt));
    expect((await pipeline.row()).proven).toBeUndefined();
    await readBack();
    expect((await pipeline.row()).proven).toEqual({ writtenAt, lagMs: 7000 });
    expect(pipeline.telemetry.valuesOf('CanaryLag', URI)).toEqual([7000]);
    expect(pipeline.queue.delayed).toEqual([]);
  });

  it('is looked for three times, then by the next check', async () => {
    await interval(undefined);
    const waits: number[] = [];
    for (let looks = 0; looks < 5; looks++) {
      waits.push(...pipeline.queue.delayed.map(({ seconds }) => seconds));
      await readBack();
    }
    expect(waits).toEqual([60, 300, 900]);
    expect((await pipeline.row()).proven).toBeUndefined();
  });

  it('that comes an interval late is told of once, one that comes two late by the alarm', async () => {
    await interval(1);
    expect(signals()).toEqual([1]);
    // Its event is as late as the next check.
    await interval(undefined);
    expect(signals()).toEqual([1, 1]);
    await interval(1);
    expect(signals()).toEqual([1, 1, 0]);
    expect((await pipeline.row()).pulse?.trouble).toContain('its canary has not arrived in the vault');
    await interval(1);
    expect(signals()).toEqual([1, 1, 0, 1]);
    for (const seconds of [undefined, undefined, undefined]) await interval(seconds);
    expect(signals()).toEqual([1, 1, 0, 1, 1, 0, 0]);
  });

  it('proves nothing when no event brought it', async () => {
    await interval(undefined);
    pipeline.pass(20 * 60);
    await pipeline.reconcile('r1');
    expect(await pipeline.entry(CANARY)).toMatchObject({ state: 'current' });
    await readBack();
    expect((await pipeline.row()).proven).toBeUndefined();
  });

  it('proves nothing when somebody else wrote it', async () => {
    await interval(1);
    await readBack();
    const { proven } = await pipeline.row();
    for (const text of [
      canaryText(URI, pipeline.now + 9e9),
      canaryText('s3://another', pipeline.now),
      `${canaryText(URI, pipeline.now + 100)} `,
      'x'.repeat(1000),
    ]) {
      await pipeline.capture({ [CANARY]: text });
      pipeline.pass(60);
      await pipeline.queue.send('reconcile', [JSON.stringify({ kind: 'pulse', source: URI, readBack: 2 })]);
      await pipeline.drain();
      expect((await pipeline.row()).proven).toEqual(proven);
    }
  });

  it('is written once for two checks that come together, and by none of a source without one', async () => {
    pipeline.pass(HOUR);
    await pipeline.pulse();
    await pipeline.pulse();
    expect(await pipeline.vaultHistory(CANARY)).toHaveLength(1);
    pipeline = new Pipeline();
    await pipeline.protect();
    await hour();
    expect(pipeline.s3.requests.count('put')).toBe(1);
  });

  it('that the source does not take, or the vault does not give back, is trouble, and the check goes on', async () => {
    pipeline.s3.bucket(SOURCE).deniedKeys.add(CANARY);
    putUnheard('b');
    const { pulse } = await hour();
    expect(pulse).toMatchObject({
      missed: 1,
      trouble: expect.stringMatching(/no event came; its canary: .*denied/),
    });
    pipeline.s3.bucket(SOURCE).deniedKeys.clear();
    await interval(1);
    pipeline.s3.bucket('vault').deniedKeys.add(`s3/${SOURCE}/${CANARY}`);
    expect((await hour()).pulse?.trouble).toMatch(/its canary: .*denied/);
  });
});
