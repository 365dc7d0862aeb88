import type { HeadResult, OpenObject, OpenOptions } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';
import type { RealVersion } from '../vault/vault-history.ts';

/**
 * Names a version, as its kind does; where it is an object of the vault, by that object's key and version id. An id is 16 or more
 * letters, digits, `_`, `.` and `-`, by which a command line tells it from a moment.
 */
type VersionName = Pick<RealVersion, 'key' | 'versionId'>;

/** Reads versions of a kind, wherever their bytes are. */
export type VersionReader = {
  /** What is known of a version's bytes. @throws StoreError where the vault does not answer */
  readonly head: (version: VersionName) => Promise<HeadResult>;
  /** Reads them as they come: whoever reads compares length and checksum. @throws StoreError as the store does */
  readonly open: (version: VersionName, options?: OpenOptions) => Promise<OpenObject>;
};

/** Reads versions that are objects of the vault. */
export function vaultObjects({ store, settings }: Pick<World, 'store' | 'settings'>): VersionReader {
  const ref = ({ key, versionId }: VersionName) => ({ bucket: settings.vault, key, versionId });
  return {
    head: (version) => store.head(ref(version)),
    open: (version, options) => store.open(ref(version), options),
  };
}
