import { pMapIterable } from 'p-map';
import * as v from 'valibot';
import { defined } from '../model/defined.ts';
import { type Entry, isSameState } from '../model/entry.ts';
import { ContentionError } from '../model/errors.ts';
import { emptyLag } from '../model/lag.ts';
import { SETTINGS_PREFIX, settingsKey, sourceOfSettingsKey } from '../model/settings-key.ts';
import { type Source, SourceSettingsSchema, type SourceTotals } from '../model/source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';
import type { EntryHistory, SourceHistory, SourceKinds } from '../source/source-kind.ts';
import type { SourceStateAt } from '../source/source-state.ts';
import { protectedSource } from './register-source.ts';

/** What a reindex did, or with `dryRun` would do, per source. */
export type ReindexedSource = {
  readonly source: string;
  /** Keys the vault knows of it. */
  readonly keys: number;
  /** Entries written because they were missing or named another copy. */
  readonly written: number;
  /** Entries that were right. */
  readonly right: number;
  /** True when the source's own row was missing. */
  readonly rowMissing: boolean;
};

export type ReindexWorld = Pick<World, 'store' | 'catalog' | 'clock' | 'settings'>;
export type ReindexOptions = {
  readonly dryRun: boolean;
  readonly onProgress?: (source: string, keys: number) => void;
};

/**
 * Rebuilds the catalog from the vault alone (I1). Entries that already name the vault's newest copy are left as they
 * are; running captures are not disturbed, since every write is on the revision that was read.
 */
export async function* reindex(
  options: ReindexOptions,
  kinds: SourceKinds,
  world: ReindexWorld,
): AsyncGenerator<ReindexedSource> {
  const done = new Set<string>();
  for (const { history } of kinds.all) {
    for await (const source of history.entries.sources(world)) {
      done.add(source);
      yield await reindexSource(source, options, history, world);
    }
  }
  // A protected source that is still empty has settings in the vault and nothing else.
  for await (const source of settingsInVault(world)) {
    if (!done.has(source)) yield await reindexSource(source, options, kinds.of(source).history, world);
  }
}

async function reindexSource(
  source: string,
  options: ReindexOptions,
  { entries }: Pick<SourceHistory, 'entries'>,
  world: ReindexWorld,
): Promise<ReindexedSource> {
  const known = await world.catalog.getSource(source);
  const totals = { objects: 0, bytes: 0, unprotected: 0 };
  let keys = 0;
  let written = 0;
  const { concurrency } = world.settings;
  const factsOf = entries.factsOf(source, world);
  const one = (state: SourceStateAt) => reindexKey(source, state, options, factsOf, world);
  for await (const done of pMapIterable(entries.statesOf(source, world), one, { concurrency })) {
    keys++;
    if (done.written) written++;
    if (entries.isCounted(done.entry.key)) countEntry(done.entry, totals);
    if (keys % 1000 === 0) options.onProgress?.(source, keys);
  }
  if (!options.dryRun) {
    if (known === undefined) await world.catalog.putSource(await rebuiltRow(source, totals, world));
    else await world.catalog.resetTotals(source, totals);
  }
  return { source, keys, written, right: keys - written, rowMissing: known === undefined };
}

function countEntry(entry: Entry, totals: { objects: number; bytes: number; unprotected: number }): void {
  if (entry.state === 'unprotected') totals.unprotected++;
  if (entry.state !== 'current') return;
  totals.objects++;
  totals.bytes += entry.size ?? 0;
}

const MAX_ATTEMPTS = 5;

async function reindexKey(
  source: string,
  state: SourceStateAt,
  { dryRun }: ReindexOptions,
  factsOf: ReturnType<EntryHistory['factsOf']>,
  world: ReindexWorld,
): Promise<{ entry: Entry; written: boolean }> {
  const { catalog, clock, store, settings } = world;
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    const known = await catalog.getEntry(source, state.key);
    if (known !== undefined && describes(known, state)) return { entry: known, written: false };
    if (known !== undefined && (await isNewer(known, state, store, settings.vault)))
      return { entry: known, written: false };
    const entry = {
      ...entryFromVault(source, state, known, clock()),
      ...(await factsOf(state)),
    };
    if (dryRun || (await catalog.putEntry(entry, known?.rev))) return { entry, written: true };
  }
  throw new ContentionError(
    `"${state.key}" of ${source} kept being captured while it was reindexed; run reindex again`,
  );
}

/** True when a capture recorded the object after it was listed: the entry names what is on top by now. */
async function isNewer(
  entry: Entry,
  { vaultKey }: SourceStateAt,
  store: ObjectStore,
  vault: string,
): Promise<boolean> {
  const top = await store.head({ bucket: vault, key: vaultKey });
  return top.found && entry.state !== 'deleted' && entry.vaultVersionId === top.object.versionId;
}

/** True when the entry names what is on top in the vault. */
function describes(entry: Entry, { current, deleted }: SourceStateAt): boolean {
  if (entry.state === 'unprotected') return entry.vaultVersionId === (current ?? deleted?.last)?.versionId;
  if (current !== undefined) return entry.state !== 'deleted' && entry.vaultVersionId === current.versionId;
  return entry.state === 'deleted' && entry.vaultVersionId === deleted?.last?.versionId;
}

/**
 * The entry as far as the vault can tell it. The source's own ETag and time are not in the vault: the copy's ETag stands
 * for the former (they are equal for single uploads), and the latter stays unknown; see {@link isSameState}.
 */
function entryFromVault(source: string, state: SourceStateAt, known: Entry | undefined, now: number): Entry {
  const version = state.current ?? state.deleted?.last;
  const copy =
    version === undefined
      ? {}
      : { vaultVersionId: version.versionId, vaultEtag: version.etag, capturedAt: version.lastModified };
  const written = { rev: (known?.rev ?? 0) + 1, updatedAt: now };
  // That the source is not as the vault has it is not in the vault, and no listing need show it: a look at the source decides.
  if (known?.state === 'unprotected') return { ...known, ...written, ...copy };
  return {
    source,
    key: state.key,
    state: state.current === undefined ? 'deleted' : 'current',
    ...written,
    ...(state.deleted === undefined ? {} : { deletedAt: state.deleted.at }),
    ...(version === undefined ? {} : { etag: version.etag, size: version.size }),
    ...copy,
  };
}

/** A source's row from the settings in the vault; without settings it was unprotected, and so it stays. */
async function rebuiltRow(
  source: string,
  totals: Pick<SourceTotals, 'objects' | 'bytes' | 'unprotected'>,
  { store, settings, clock }: ReindexWorld,
): Promise<Source> {
  const counted = { ...totals, captured: 0, deleted: 0 };
  const ref = { bucket: settings.vault, key: settingsKey(source) };
  if (!(await store.head(ref)).found) {
    return {
      source,
      protectedAt: clock(),
      state: 'unprotected',
      wiring: 'unknown',
      totals: counted,
      lag: emptyLag(),
    };
  }
  const kept = v.parse(SourceSettingsSchema, JSON.parse(await store.get(ref)));
  return { ...protectedSource(kept, undefined, 'unknown'), totals: counted };
}

async function* settingsInVault({
  store,
  settings,
}: Pick<World, 'store' | 'settings'>): AsyncGenerator<string> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list({
      bucket: settings.vault,
      prefix: SETTINGS_PREFIX,
      ...defined({ after }),
    });
    for (const { key } of page.objects) yield sourceOfSettingsKey(key);
    if (!page.more) return;
    after = page.objects.at(-1)?.key ?? after;
  }
}
