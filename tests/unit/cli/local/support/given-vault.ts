import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bucketStatesAt } from '@holdfast/core/kinds/s3/history/bucket-states.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { vaultObjects } from '@holdfast/core/source/version-reader.ts';
import { onTestFinished } from 'vitest';
import type { LocalWorld } from '../../../../../cli/local/local-job.ts';
import { MemoryObjectStore } from '../../../../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../../../../testing/memory/memory-s3.ts';
import type { Attributes } from '../../../../../testing/memory/s3-version.ts';
import { Pipeline } from '../../../../../testing/pipeline.ts';

export const VAULT = 'vault';
const SOURCE = 'photos';

/** A vault in memory, and a person in front of it. */
export class VaultWorld {
  now = Date.parse('2026-03-01T12:00:00Z');
  readonly s3 = new MemoryS3({ now: () => this.now, minPartBytes: 1 });
  readonly store = new MemoryObjectStore(this.s3);
  readonly interrupt = new AbortController();
  readonly said: string[] = [];

  constructor(objects: Readonly<Record<string, string>> = {}) {
    this.s3.createBucket(VAULT, { versioning: 'enabled' });
    for (const [key, body] of Object.entries(objects)) this.put(key, body);
  }

  put(key: string, body: string | Buffer, attributes: Attributes = {}): void {
    const place = vaultPlace(SOURCE, key);
    this.s3.put(VAULT, place.key, body, attributes);
    if (place.nameKey !== undefined) this.s3.put(VAULT, place.nameKey, key);
  }

  get world(): LocalWorld {
    return {
      reader: vaultObjects({
        store: this.store,
        settings: { ...new Pipeline().world.settings, vault: VAULT },
      }),
      clock: () => this.now,
      pause: async () => {},
      signal: this.interrupt.signal,
      progress: (text) => void this.said.push(text),
    };
  }

  /** All of the source, now. */
  readonly select = async function* (this: VaultWorld): AsyncGenerator<Selected> {
    const world = { store: this.store, settings: { ...new Pipeline().world.settings, vault: VAULT } };
    for await (const { key, vaultKey, current } of bucketStatesAt(
      SOURCE,
      '',
      Number.MAX_SAFE_INTEGER,
      world,
    )) {
      if (current !== undefined) yield { key, vaultKey, version: current };
    }
  }.bind(this);
}

/** A folder of the test's own. */
export async function givenFolder(parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'holdfast-local-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything below a folder: text by path, folders with a `/` and null, links with what they are. */
export async function treeOf(folder: string): Promise<Record<string, string | null>> {
  const tree: Record<string, string | null> = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await lstat(join(folder, path));
    if (stats.isDirectory()) tree[`${path}/`] = null;
    else tree[path] = stats.isSymbolicLink() ? '-> link' : await readFile(join(folder, path), 'utf8');
  }
  return tree;
}
