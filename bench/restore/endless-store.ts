import { vaultPrefix } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type {
  HeadResult,
  ListRequest,
  ListVersionsRequest,
  ObjectPage,
  ObjectRef,
  ObjectStore,
  VersionPage,
} from '@holdfast/core/ports/object-store.ts';

const PAGE = 1000;
const IN_A_FOLDER = 1000;
const BYTES = 1024;
const WRITTEN = Date.parse('2026-01-01T00:00:00Z');
const BEGINNING = '2026/';

/** Buckets of as many objects as one likes: each page is made when it is asked for, and nothing is kept. */
export class EndlessStore {
  readonly #keys: number;
  readonly #source: string;
  listings = 0;

  /** @param source the bucket whose copies the vault has */
  constructor(keys: number, source: string) {
    this.#keys = keys;
    this.#source = source;
  }

  /** What a plan asks for. */
  port(): ObjectStore {
    const asked: Pick<ObjectStore, 'list' | 'listVersions' | 'head'> = {
      list: async (request) => this.#target(request),
      listVersions: async (request) => this.#vault(request),
      head: async (ref) => this.#head(ref),
    };
    return asked as ObjectStore;
  }

  /** A copy, or every second object of the target. */
  #head({ key }: ObjectRef): HeadResult {
    const base = vaultPrefix(this.#source);
    const isCopy = key.startsWith(base);
    const n = numberOf(isCopy ? key.slice(base.length) : key);
    if (n >= this.#keys || !(isCopy || n % 2 === 1)) return { found: false, why: 'absent' };
    const facts = { etag: etagOf(n), size: BYTES, lastModified: WRITTEN, storageClass: 'STANDARD' };
    return { found: true, object: { ...facts, archived: false, headers: {}, metadata: {}, tagCount: 0 } };
  }

  /** One version of each key. */
  #vault({ prefix = '', marker }: ListVersionsRequest): VersionPage {
    this.listings++;
    const base = vaultPrefix(this.#source);
    if (!prefix.startsWith(base)) return { versions: [] };
    const from = marker === undefined ? 0 : numberOf(marker.key.slice(base.length)) + 1;
    const until = Math.min(from + PAGE, this.#keys);
    const versions = range(from, until, 1).map((n) => ({
      key: base + keyOf(n),
      versionId: `v${n}`,
      lastModified: WRITTEN,
      latest: true,
      deleteMarker: false as const,
      etag: etagOf(n),
      size: BYTES,
      storageClass: 'STANDARD',
    }));
    const last = versions.at(-1);
    return until < this.#keys && last !== undefined
      ? { versions, next: { key: last.key, versionId: last.versionId } }
      : { versions };
  }

  /** Every second object, as it should be. */
  #target({ after }: ListRequest): ObjectPage {
    this.listings++;
    const next = after === undefined ? 0 : numberOf(after) + 1;
    const from = next + ((next + 1) % 2);
    const until = Math.min(from + 2 * PAGE, this.#keys);
    const objects = range(from, until, 2).map((n) => ({
      key: keyOf(n),
      etag: etagOf(n),
      size: BYTES,
      lastModified: WRITTEN,
      storageClass: 'STANDARD',
    }));
    return { objects, more: until < this.#keys };
  }
}

function keyOf(n: number): string {
  const folder = String(Math.floor(n / IN_A_FOLDER)).padStart(6, '0');
  return `${BEGINNING}${folder}/photo-${String(n % IN_A_FOLDER).padStart(3, '0')}.jpg`;
}

function numberOf(key: string): number {
  const [folder = '', name = ''] = key.slice(BEGINNING.length).split('/');
  return Number(folder) * IN_A_FOLDER + Number(/\d+/.exec(name)?.[0] ?? 0);
}

function etagOf(n: number): string {
  return `"${n.toString(16).padStart(32, '0')}"`;
}

function range(from: number, until: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((until - from) / step)) }, (_, i) => from + i * step);
}
