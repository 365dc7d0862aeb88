import { bucketOf } from '../../../model/bucket-uri.ts';
import { compareKeys } from '../../../model/byte-order.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type { Presence, PresenceRequest } from '../../../source/source-kind.ts';
import type { SourceStateAt } from '../../../source/source-state.ts';
import { vaultStatesAt } from '../../../vault/vault-history.ts';
import { vaultPlace } from '../model/vault-key.ts';
import { plainStatesAt } from './bucket-states.ts';

/** Which keys a bucket had at a moment: one listing for plain keys, and one request for each long one. */
export function bucketPresence(request: PresenceRequest, world: VaultReader): Presence {
  const { source, at } = request;
  const plain = new PlainKeys(request, world);
  return {
    has: async (key) => {
      const { key: vaultKey, nameKey } = vaultPlace(bucketOf(source), key);
      if (nameKey === undefined) return plain.has(key);
      // Kept by their hash, long keys are not in order: each is looked up.
      for await (const state of vaultStatesAt(vaultKey, at, undefined, world)) {
        if (state.vaultKey === vaultKey) return state.current !== undefined;
      }
      return false;
    },
  };
}

/** The source's plain keys at the moment, asked for in ascending order. */
class PlainKeys {
  readonly #states: AsyncGenerator<SourceStateAt>;
  #next: SourceStateAt | undefined;
  #begun = false;

  constructor({ source, prefix, at, after }: PresenceRequest, world: VaultReader) {
    const bucket = bucketOf(source);
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
