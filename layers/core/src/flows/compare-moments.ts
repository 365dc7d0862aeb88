import { bucketOf } from '../model/source-uri.ts';
import { isSiteUri } from '../model/workdocs/site-uri.ts';
import type { VaultReader } from './dependencies.ts';
import { bucketVersions, type SourceVersion } from './source-versions.ts';
import { type RealVersion, refine, type VaultState } from './vault-history.ts';
import { compareSiteMoments } from './workdocs/compare-site-moments.ts';

/** Two moments of a source's backup, ms since 1970, the earlier first. */
export type Comparison = {
  readonly source: string;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
};

/** An object that was another at the second moment than at the first, or only there at one of them. */
export type Difference = {
  readonly key: string;
  readonly vaultKey: string;
  readonly change: 'added' | 'changed' | 'deleted' | 'moved';
  /** Where it was before, for a document of a site that was renamed or moved. */
  readonly movedFrom?: string;
  readonly before?: RealVersion;
  readonly after?: RealVersion;
};

type States = { readonly key: string; readonly from: VaultState; readonly to: VaultState };

/**
 * What changed between two moments, by one pass over the vault's versions and in constant memory. The same content written
 * again, by ETag and size, is no change.
 */
export async function* compareMoments(
  comparison: Comparison,
  world: VaultReader,
): AsyncGenerator<Difference> {
  const { source, prefix, from, to } = comparison;
  if (isSiteUri(source)) {
    yield* compareSiteMoments(comparison, world);
    return;
  }
  let states: States | undefined;
  for await (const one of bucketVersions(bucketOf(source), prefix, world)) {
    if (states !== undefined && states.from.vaultKey !== one.version.key) yield* difference(states);
    states = refineBoth(states, one, { from, to });
  }
  if (states !== undefined) yield* difference(states);
}

function refineBoth(
  states: States | undefined,
  { key, version }: SourceVersion,
  at: Pick<Comparison, 'from' | 'to'>,
): States {
  const vaultKey = version.key;
  const known = states?.from.vaultKey === vaultKey ? states : { from: { vaultKey }, to: { vaultKey } };
  return { key, from: refine(known.from, version, at.from), to: refine(known.to, version, at.to) };
}

function* difference({ key, from, to }: States): Generator<Difference> {
  const { vaultKey, current: before } = from;
  const after = to.current;
  if (before !== undefined && after !== undefined) {
    if (!isSameContent(before, after)) yield { key, vaultKey, change: 'changed', before, after };
  } else if (before !== undefined) yield { key, vaultKey, change: 'deleted', before };
  else if (after !== undefined) yield { key, vaultKey, change: 'added', after };
}

export function isSameContent(one: RealVersion, other: RealVersion): boolean {
  return one.etag === other.etag && one.size === other.size;
}

export type DifferenceTotals = {
  /** Objects. */
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Renamed or moved, and otherwise the same: documents of sites. */
  readonly moved: number;
  readonly addedBytes: number;
  readonly changedBytesBefore: number;
  readonly changedBytesAfter: number;
  readonly deletedBytes: number;
  /** How much more there is at the second moment; negative when there is less. */
  readonly netBytes: number;
};

/** Adds differences up. */
export class DifferenceCount {
  readonly #counts = { added: 0, changed: 0, deleted: 0, moved: 0 };
  readonly #before = { added: 0, changed: 0, deleted: 0, moved: 0 };
  readonly #after = { added: 0, changed: 0, deleted: 0, moved: 0 };

  add({ change, before, after }: Difference): void {
    this.#counts[change]++;
    this.#before[change] += before?.size ?? 0;
    this.#after[change] += after?.size ?? 0;
  }

  totals(): DifferenceTotals {
    const { added: addedBytes, changed: changedBytesAfter } = this.#after;
    const { changed: changedBytesBefore, deleted: deletedBytes } = this.#before;
    const netBytes = addedBytes + changedBytesAfter - changedBytesBefore - deletedBytes;
    return {
      ...this.#counts,
      addedBytes,
      changedBytesBefore,
      changedBytesAfter,
      deletedBytes,
      netBytes,
    };
  }
}
