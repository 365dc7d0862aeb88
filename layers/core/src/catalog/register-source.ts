import type { Ownership } from '../model/acl.ts';
import { defined } from '../model/defined.ts';
import { emptyLag } from '../model/lag.ts';
import { settingsKey } from '../model/settings-key.ts';
import type { Source, SourceSettings, WiringState } from '../model/source.ts';
import type { World } from '../ports/world.ts';

/** The row of a source that is protected from now on. What is known of an earlier protection stays counted. */
export function protectedSource(
  settings: SourceSettings,
  known: Source | undefined,
  wiring: WiringState,
  ownership?: Ownership,
): Source {
  return {
    ...settings,
    state: 'protected',
    wiring,
    totals: known?.totals ?? { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 },
    lag: known?.lag ?? emptyLag(),
    ...defined({
      ownership,
      lastEventAt: known?.lastEventAt,
      lastReconcileAt: known?.lastReconcileAt,
      lastImport: known?.lastImport,
    }),
  };
}

/** Settings, and what the bucket does with ACLs where those are to be remembered. */
type Seen<S> = S & Pick<Source, 'ownership'>;

/** Registers a source: its settings in the vault first, then its row in the catalog (I1, I2). */
export async function registerSource(
  { ownership, ...settings }: Seen<SourceSettings>,
  { store, catalog, settings: { vault } }: Pick<World, 'store' | 'catalog' | 'settings'>,
): Promise<void> {
  await putSettings(settings, { store, vault });
  await catalog.putSource(
    protectedSource(settings, await catalog.getSource(settings.source), 'ok', ownership),
  );
}

/**
 * Brings a source that is protected up to date: its settings in the vault and in its row. What is known of it stays, and so
 * does the moment since when it is protected.
 */
export async function renewSource(
  { canary, watchedSince, ownership, ...settings }: Seen<Omit<SourceSettings, 'protectedAt'>>,
  known: Source,
  { store, catalog, settings: { vault } }: Pick<World, 'store' | 'catalog' | 'settings'>,
): Promise<void> {
  const { protectedAt } = known;
  const since = known.watchedSince ?? watchedSince;
  // One that goes on counts from when it began.
  const goesOn = canary !== undefined && canary.key === known.canary?.key;
  const watched = defined({ watchedSince: since, canary: goesOn ? known.canary : canary });
  await putSettings({ ...settings, protectedAt, ...watched }, { store, vault });
  const forgotten = ['canary', 'canaryAt', 'proven'] as const;
  const clear = [
    ...forgotten.filter((name) => !goesOn && (name !== 'canary' || canary === undefined)),
    ...(ownership === undefined ? ['ownership' as const] : []),
  ];
  const { account, tagChanges, globSyntax, acls } = settings;
  await catalog.patchSource(known.source, {
    ...watched,
    ...defined({ account, tagChanges, globSyntax, acls, ownership }),
    clear,
  });
}

async function putSettings(
  settings: SourceSettings,
  { store, vault }: { readonly store: World['store']; readonly vault: string },
): Promise<void> {
  const key = settingsKey(settings.source);
  await store.put({ bucket: vault, key }, `${JSON.stringify(settings, null, 2)}\n`, 'application/json');
}

/** Ends the protection of a source. What is in the vault stays, and so does the row that says what it is. */
export async function unregisterSource(
  source: string,
  { store, catalog, settings: { vault } }: Pick<World, 'store' | 'catalog' | 'settings'>,
): Promise<void> {
  await catalog.patchSource(source, {
    state: 'unprotected',
    clear: ['heldDeletions', 'unreachable', 'wiringDetail'],
  });
  await store.hide({ bucket: vault, key: settingsKey(source) });
}
