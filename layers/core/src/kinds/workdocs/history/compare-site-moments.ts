import { compareKeys } from '../../../model/byte-order.ts';
import { defined } from '../../../model/defined.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { type Comparison, type Difference, isSameContent } from '../../../source/differences.ts';
import type { RealVersion } from '../../../vault/vault-history.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteState } from './site-entries.ts';
import { readSiteTree } from './site-tree.ts';

/**
 * What changed in a site between two moments. A document is followed by its id: one that was renamed or moved is told of as
 * that, under its new path. Both trees are held in memory.
 */
export async function* compareSiteMoments(
  { source, prefix, from, to }: Comparison,
  world: VaultReader,
): AsyncGenerator<Difference> {
  const site = siteOf(source);
  const before = await thereAt(site, from, prefix, world);
  const after = await thereAt(site, to, prefix, world);
  // What moved into or out of the part that is looked at was added to it, or taken from it.
  for (const [was, is] of sideBySide(before, after)) yield* differencesOf(was, is, before, after);
}

type There = { readonly states: readonly SiteState[]; readonly byId: ReadonlyMap<string, SiteState> };

async function thereAt(site: string, at: number, prefix: string, world: VaultReader): Promise<There> {
  const tree = await readSiteTree(site, at, world, { prefix });
  const states = [...tree.entries()].filter(({ current }) => current !== undefined);
  const byId = new Map<string, SiteState>();
  for (const state of states) if (state.documentId !== undefined) byId.set(state.documentId, state);
  return { states, byId };
}

/** Both lists in the order of the keys, what has one key together. */
function* sideBySide(
  { states: before }: There,
  { states: after }: There,
): Generator<readonly [SiteState | undefined, SiteState | undefined]> {
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    const [was, is] = [before[left], after[right]];
    const order = was === undefined ? 1 : is === undefined ? -1 : compareKeys(was.key, is.key);
    if (order <= 0) left++;
    if (order >= 0) right++;
    yield [order <= 0 ? was : undefined, order >= 0 ? is : undefined];
  }
}

function* differencesOf(
  was: SiteState | undefined,
  is: SiteState | undefined,
  before: There,
  after: There,
): Generator<Difference> {
  if (was?.documentId === is?.documentId && was !== undefined && is !== undefined) {
    if (!isSame(was, is)) yield differs('changed', is, was);
    return;
  }
  // Under one key, another document: each is followed by itself.
  if (was !== undefined && !isFollowed(was, after)) yield gone(was);
  if (is === undefined) return;
  const earlier = is.documentId === undefined ? undefined : before.byId.get(is.documentId);
  if (earlier === undefined) yield { ...placeOf(is), change: 'added', ...sides(undefined, is) };
  else yield { ...differs(isSame(earlier, is) ? 'moved' : 'changed', is, earlier), movedFrom: earlier.key };
}

function isFollowed({ documentId }: SiteState, { byId }: There): boolean {
  return documentId !== undefined && byId.has(documentId);
}

function isSame(was: SiteState, is: SiteState): boolean {
  if (was.siteVersionId === is.siteVersionId) return true;
  return was.current !== undefined && is.current !== undefined && isSameContent(was.current, is.current);
}

function differs(change: Difference['change'], is: SiteState, was: SiteState): Difference {
  return { ...placeOf(is), change, ...sides(was, is) };
}

function gone(was: SiteState): Difference {
  return { ...placeOf(was), change: 'deleted', ...sides(was, undefined) };
}

function placeOf({ key, vaultKey }: SiteState): Pick<Difference, 'key' | 'vaultKey'> {
  return { key, vaultKey };
}

function sides(was: SiteState | undefined, is: SiteState | undefined): Pick<Difference, 'before' | 'after'> {
  return defined({ before: there(was?.current), after: there(is?.current) });
}

/** Of what the vault has not, nothing can be said. */
function there(version: RealVersion | undefined): RealVersion | undefined {
  return version?.versionId === '' ? undefined : version;
}
