import { randomUUID } from 'node:crypto';
import { emptyLag } from '@holdfast/core/model/lag.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import { expect, it } from 'vitest';

const NOW = 1_772_366_400_000;

export function describeSources(catalog: () => Catalog): void {
  it('gives back a source as it was put, and replaces it whole', async () => {
    const full: Source = {
      ...newSource(),
      prefix: 'photos/',
      include: ['**/*.jpg'],
      exclude: [],
      wiring: 'repaired',
      wiringDetail: 'the rule was disabled',
      totals: { objects: 1, bytes: 5e15, unprotected: 2, captured: 3, deleted: 4 },
      lag: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      lastEventAt: NOW,
      lastReconcileAt: NOW + 1,
      lastReconcileJob: 'job-1',
      heldDeletions: { job: 'job-1', count: 5000, at: NOW },
      unreachable: 'access denied',
      lastImport: { job: 'job-2', state: 'partial', left: 7, at: NOW },
      watchedSince: NOW,
      places: { 0: 'a/1', 3: 'b/\u{1F98A}' },
      pulse: { at: NOW, okAt: NOW - 1, missed: 2, trouble: 'none came' },
      pulseAfter: 'b/1',
      canary: { key: 'a/holdfast-canary', since: NOW },
      canaryAt: NOW + 2,
      proven: { writtenAt: NOW + 1, lagMs: 900 },
    };
    await catalog().putSource(full);
    expect(await catalog().getSource(full.source)).toStrictEqual(full);
    const bare = { ...newSource(), source: full.source };
    await catalog().putSource(bare);
    expect(await catalog().getSource(full.source)).toStrictEqual(bare);
    expect(await catalog().getSource('s3://never')).toBeUndefined();
  });

  it('patches fields and clears others, and leaves the rest', async () => {
    const source = { ...newSource(), unreachable: 'gone', heldDeletions: { job: 'j', count: 1, at: NOW } };
    const lastImport = { job: 'i', state: 'done', left: 0, at: NOW } as const;
    await catalog().putSource(source);
    await catalog().patchSource(source.source, {
      state: 'unprotected',
      lastReconcileAt: NOW,
      lastImport,
      clear: ['unreachable'],
    });
    const { unreachable: _, ...rest } = source;
    const expected = { ...rest, state: 'unprotected', lastReconcileAt: NOW, lastImport };
    expect(await catalog().getSource(source.source)).toStrictEqual(expected);
    await catalog().patchSource(source.source, {});
    await catalog().patchSource(source.source, { clear: ['heldDeletions', 'wiringDetail'] });
    expect(await catalog().getSource(source.source)).not.toHaveProperty('heldDeletions');
  });

  it('makes no source of a patch, of activity or of totals', async () => {
    const { source } = newSource();
    const totals = { objects: 1, bytes: 1, unprotected: 1 };
    await catalog().patchSource(source, { state: 'protected' });
    await catalog().addActivity(source, { totals: { ...totals, captured: 1, deleted: 1 }, lag: emptyLag() });
    await catalog().resetTotals(source, totals);
    expect(await catalog().getSource(source)).toBeUndefined();
  });

  it('adds up activity from many writers at once', async () => {
    const source = newSource();
    await catalog().putSource(source);
    const totals = { objects: 1, bytes: 100, unprotected: -1, captured: 2, deleted: 0 };
    const lag = emptyLag().with(0, 1).with(9, 2);
    const add = () => catalog().addActivity(source.source, { totals, lag, lastEventAt: NOW });
    await Promise.all(Array.from({ length: 10 }, add));
    const stored = await catalog().getSource(source.source);
    expect(stored?.totals).toEqual({ objects: 10, bytes: 1000, unprotected: -10, captured: 20, deleted: 0 });
    expect(stored?.lag).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 0, 20]);
    expect(stored?.lastEventAt).toBe(NOW);
  });

  it('remembers the last key of each place, whoever tells of it', async () => {
    const source = newSource();
    await catalog().putSource(source);
    const told = (places: Record<string, string>) =>
      catalog().addActivity(source.source, { totals: source.totals, lag: source.lag, places });
    await Promise.all([told({ 0: 'a/1' }), told({ 2: 'b/1' })]);
    await told({ 0: 'a/2' });
    expect((await catalog().getSource(source.source))?.places).toEqual({ 0: 'a/2', 2: 'b/1' });
    await catalog().patchSource(source.source, { places: { 2: 'b/3' }, pulseAfter: 'x' });
    await catalog().patchSource(source.source, { places: {}, clear: ['pulseAfter'] });
    const { places, pulseAfter } = (await catalog().getSource(source.source)) ?? {};
    expect({ places, pulseAfter }).toEqual({ places: { 0: 'a/2', 2: 'b/3' }, pulseAfter: undefined });
  });

  it('keeps the time of the last event when activity has none', async () => {
    const source = { ...newSource(), lastEventAt: NOW };
    await catalog().putSource(source);
    await catalog().addActivity(source.source, { totals: source.totals, lag: source.lag });
    expect(await catalog().getSource(source.source)).toStrictEqual(source);
  });

  it('sets the totals that a reconcile counts, and begins the lag anew', async () => {
    const totals = { objects: 1, bytes: 2, unprotected: 3, captured: 4, deleted: 5 };
    const source = { ...newSource(), totals, lag: emptyLag().with(3, 7) };
    await catalog().putSource(source);
    await catalog().resetTotals(source.source, { objects: 10, bytes: 20, unprotected: 30 });
    const stored = await catalog().getSource(source.source);
    expect(stored?.totals).toEqual({ objects: 10, bytes: 20, unprotected: 30, captured: 4, deleted: 5 });
    expect(stored?.lag).toEqual(emptyLag());
  });

  it('moves a cursor on, and never back', async () => {
    const source = newSource();
    await catalog().putSource(source);
    const move = (to: number) => catalog().moveCursor(source.source, to);
    expect(await move(NOW)).toBe(true);
    expect(await move(NOW)).toBe(false);
    expect(await move(NOW - 1)).toBe(false);
    expect((await catalog().getSource(source.source))?.cursor).toBe(NOW);
    expect(await move(NOW + 1)).toBe(true);
    expect((await catalog().getSource(source.source))?.cursor).toBe(NOW + 1);
    const unknown = newSource();
    expect(await catalog().moveCursor(unknown.source, NOW)).toBe(false);
    expect(await catalog().getSource(unknown.source)).toBeUndefined();
  });

  it('lists all sources', async () => {
    const mine = Array.from({ length: 3 }, newSource);
    for (const source of mine) await catalog().putSource(source);
    const listed = await catalog().listSources();
    for (const source of mine) expect(listed).toContainEqual(source);
    expect(new Set(listed.map(({ source }) => source)).size).toBe(listed.length);
  });
}

function newSource(): Source {
  return {
    source: `s3://bucket-${randomUUID()}`,
    protectedAt: NOW,
    state: 'protected',
    wiring: 'ok',
    totals: { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 },
    lag: emptyLag(),
  };
}
