import { compareKeys } from '../../model/byte-order.ts';
import { compileFilter } from '../../model/filter.ts';
import type { ListedObject } from '../../model/object.ts';
import type { AcceptedRestore } from '../../model/restore-request.ts';
import { bucketName } from '../../model/source-uri.ts';
import { mappingOf, sourceKey, targetKey } from '../../model/target-key.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { World } from '../dependencies.ts';
import { sourceObjects } from '../reconcile/merge-listings.ts';
import { plainStatesAt, type SourceStateAt } from '../source-history.ts';
import { vaultStatesAt } from '../vault-history.ts';

type Reader = Pick<World, 'store' | 'settings'>;

/** A target object that was looked at; `extra` when the source had nothing under its key. */
export type LookedAt = { readonly object: ListedObject; readonly extra: boolean };

/**
 * Walks through the target beside the source's history, and finds what the target has that the source had not: only
 * where the restore itself writes, so neither keys outside its prefix nor keys that its globs leave out.
 *
 * @param after only target keys after this one
 */
export async function* findExtras(
  request: Pick<
    AcceptedRestore,
    'source' | 'prefix' | 'at' | 'include' | 'exclude' | 'target' | 'stripPrefix' | 'map'
  >,
  after: string | undefined,
  world: Reader,
): AsyncGenerator<LookedAt> {
  const { prefix, at, target } = request;
  const bucket = bucketName(request.source);
  const mapping = mappingOf(request);
  const wanted = compileFilter(request);
  const had = new States(request, after === undefined ? undefined : sourceKey(mapping, after), world);
  const place = targetKey(mapping, prefix);
  for await (const object of sourceObjects(target.bucket, place, { after }, world)) {
    const key = sourceKey(mapping, object.key);
    if (key === undefined || !wanted(key)) yield { object, extra: false };
    else yield { object, extra: !(await isThere(key)) };
  }

  async function isThere(key: string): Promise<boolean> {
    const { key: vaultKey, nameKey } = vaultPlace(bucket, key);
    if (nameKey === undefined) return had.has(key);
    // Kept by their hash, long keys are not in order: each is looked up.
    for await (const state of vaultStatesAt(vaultKey, at, undefined, world)) {
      if (state.vaultKey === vaultKey) return state.current !== undefined;
    }
    return false;
  }
}

/** The source's plain keys at the moment, asked for in ascending order. */
class States {
  readonly #states: AsyncGenerator<SourceStateAt>;
  #next: SourceStateAt | undefined;
  #begun = false;

  constructor(
    { source, prefix, at }: Pick<AcceptedRestore, 'source' | 'prefix' | 'at'>,
    after: string | undefined,
    world: Reader,
  ) {
    const bucket = bucketName(source);
    const afterVaultKey = after === undefined ? undefined : vaultPlace(bucket, after).key;
    this.#states = plainStatesAt(bucket, prefix, at, afterVaultKey, world);
  }

  async has(key: string): Promise<boolean> {
    if (!this.#begun) await this.#step();
    this.#begun = true;
    while (this.#next !== undefined && compareKeys(this.#next.key, key) < 0) await this.#step();
    return this.#next?.key === key && this.#next.current !== undefined;
  }

  async #step(): Promise<void> {
    this.#next = (await this.#states.next()).value as SourceStateAt | undefined;
  }
}
