import { bucketStatesAt } from '@holdfast/core/kinds/s3/history/bucket-states.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { MemoryObjectStore } from '../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../testing/memory/memory-s3.ts';
import { PROBE_SETTINGS } from '../measure/probe-settings.ts';
import { SeededRandom } from '../model/random.ts';

const VAULT = PROBE_SETTINGS.vault;
const BUCKET = 'photos';
const FOLDERS = 1000;
const VERSIONS_OF_A_KEY = 4;
/** One key in so many was deleted in the end. */
const DELETED_EVERY = 10;
const HOUR_MS = 3600 * 1000;
const START = Date.parse('2026-01-01T00:00:00Z');
const END = START + VERSIONS_OF_A_KEY * HOUR_MS;

/** How long some listings took, in ms, and what they asked for. */
export type Listed = {
  readonly what: string;
  readonly ms: readonly number[];
  /** Pages of versions, of each. */
  readonly pages: number;
  /** Objects listed, of each, on average. */
  readonly objects: number;
};

/** A vault in memory of so many versions, in a thousand folders, each object of several versions, some deleted. */
export class BenchVault {
  readonly versions: number;
  readonly #s3: MemoryS3;
  readonly #world;
  readonly #random = new SeededRandom(1);

  constructor(versions: number) {
    let now = START;
    this.#s3 = new MemoryS3({ now: () => now });
    this.#s3.createBucket(VAULT, { versioning: 'enabled' });
    const keys = Math.ceil(versions / VERSIONS_OF_A_KEY);
    for (let round = 0; round < VERSIONS_OF_A_KEY; round++) {
      now = START + round * HOUR_MS;
      for (let n = 0; n < keys; n++) this.#write(n, round);
    }
    this.versions = keys * VERSIONS_OF_A_KEY;
    this.#world = { store: new MemoryObjectStore(this.#s3), settings: PROBE_SETTINGS };
  }

  #write(n: number, round: number): void {
    const key = `s3/${BUCKET}/${folder(n % FOLDERS)}photo-${Math.floor(n / FOLDERS)}.jpg`;
    const isLast = round === VERSIONS_OF_A_KEY - 1;
    if (isLast && n % DELETED_EVERY === 0) this.#s3.delete(VAULT, key);
    else this.#s3.put(VAULT, key, `${round}`);
  }

  /** Lists one folder after the other, each as of another moment. */
  async listFolders(times: number): Promise<Listed> {
    return this.#repeat('one prefix of a thousand, at a moment', times, () =>
      this.#list(folder(this.#random.below(FOLDERS)), START + this.#random.below(END - START)),
    );
  }

  /** Lists everything, as of a moment. */
  async listAll(times: number): Promise<Listed> {
    return this.#repeat('the whole source, at a moment', times, () =>
      this.#list('', START + this.#random.below(END - START)),
    );
  }

  async compareAll(times: number): Promise<Listed> {
    return this.#repeat('the whole source, compared at two moments', times, () => {
      const comparison = { source: sourceUri(BUCKET), prefix: '', from: START, to: END };
      return count(s3History.compare(comparison, this.#world));
    });
  }

  #list(prefix: string, at: number): Promise<number> {
    return count(bucketStatesAt(BUCKET, prefix, at, this.#world));
  }

  async #repeat(what: string, times: number, list: () => Promise<number>): Promise<Listed> {
    const { requests } = this.#s3;
    // What is sorted only once is not part of it.
    await this.#list(folder(0), START);
    requests.resetCounts();
    const ms: number[] = [];
    let objects = 0;
    for (let n = 0; n < times; n++) {
      const began = performance.now();
      objects += await list();
      ms.push(performance.now() - began);
    }
    return { what, ms, pages: requests.count('listVersions') / times, objects: objects / times };
  }
}

function folder(n: number): string {
  return `2026/${String(n).padStart(4, '0')}/`;
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let n = 0;
  for await (const _ of items) n++;
  return n;
}
