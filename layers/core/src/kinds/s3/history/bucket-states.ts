import type { VaultReader } from '../../../ports/world.ts';
import type { SourceStateAt } from '../../../source/source-state.ts';
import { vaultStatesAt } from '../../../vault/vault-history.ts';
import { isNameKey, longVaultPrefix, vaultPrefix } from '../model/vault-key.ts';
import { longName } from './long-name.ts';

/** The objects of a bucket whose vault key begins with their own: nearly all. */
export async function* plainStatesAt(
  bucket: string,
  prefix: string,
  at: number,
  after: string | undefined,
  world: VaultReader,
): AsyncGenerator<SourceStateAt> {
  const base = vaultPrefix(bucket);
  for await (const state of vaultStatesAt(base + prefix, at, after, world)) {
    yield { ...state, key: state.vaultKey.slice(base.length) };
  }
}

/** The objects whose keys are too long to be vault keys: all of the bucket, each costs one request for its name. */
export async function* longStatesAt(
  bucket: string,
  at: number,
  after: string | undefined,
  world: VaultReader,
): AsyncGenerator<SourceStateAt> {
  for await (const state of vaultStatesAt(longVaultPrefix(bucket), at, after, world)) {
    if (isNameKey(state.vaultKey)) continue;
    yield { ...state, key: await longName(bucket, state.vaultKey, world) };
  }
}

/** Everything the vault knows of a bucket under a prefix, as of a moment: plain keys in order, then long ones. */
export async function* bucketStatesAt(
  bucket: string,
  prefix: string,
  at: number,
  world: VaultReader,
): AsyncGenerator<SourceStateAt> {
  for await (const state of plainStatesAt(bucket, prefix, at, undefined, world)) {
    if (wasThere(state)) yield state;
  }
  for await (const state of longStatesAt(bucket, at, undefined, world)) {
    if (wasThere(state) && state.key.startsWith(prefix)) yield state;
  }
}

function wasThere({ current, deleted }: SourceStateAt): boolean {
  return current !== undefined || deleted !== undefined;
}
