import type { Tags } from '../model/object.ts';
import type { RealVersion } from '../vault/vault-history.ts';

/** Two moments of a source's backup, ms since 1970, the earlier first. */
export type Comparison = {
  readonly source: string;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
  /** Also reads tags, where a kind has some: two requests or more for each object with the same bytes and another copy or record. */
  readonly tags?: boolean;
};

/** An object that was another at the second moment than at the first, or only there at one of them. */
export type Difference = {
  readonly key: string;
  readonly vaultKey: string;
  /**
   * `tagged`: only its tags are others; told where tags are read. `rewritten`: the same bytes in another copy, so that tags,
   * headers or metadata may be others; where tags are read, they are not.
   */
  readonly change: 'added' | 'changed' | 'deleted' | 'moved' | 'tagged' | 'rewritten';
  /** Where it was before, if it was renamed or moved and its kind knows it again. */
  readonly movedFrom?: string;
  readonly before?: RealVersion;
  readonly after?: RealVersion;
  /** Of what is `tagged`: its tags at the two moments. */
  readonly tags?: { readonly before: Tags; readonly after: Tags };
};

/** Whether a version has the bytes of another, by what the listing says of both. */
export function isSameContent(one: RealVersion, other: RealVersion): boolean {
  return one.etag === other.etag && one.size === other.size;
}

/** Differences, added up. */
export type DifferenceTotals = {
  /** Objects. */
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Renamed or moved, and otherwise the same, where a kind knows that. */
  readonly moved: number;
  /** Objects whose tags alone are others; undefined where tags were not read. */
  readonly tagged: number | undefined;
  /** The same bytes in another copy, of which no other tags were read. */
  readonly rewritten: number;
  readonly addedBytes: number;
  readonly changedBytesBefore: number;
  readonly changedBytesAfter: number;
  readonly deletedBytes: number;
  /** How much more there is at the second moment; negative when there is less. */
  readonly netBytes: number;
};

const NONE = { added: 0, changed: 0, deleted: 0, moved: 0, tagged: 0, rewritten: 0 };

/** Adds differences up. */
export class DifferenceCount {
  readonly #withTags: boolean;
  readonly #counts = { ...NONE };
  readonly #before = { ...NONE };
  readonly #after = { ...NONE };

  constructor({ tags = false }: Pick<Comparison, 'tags'> = {}) {
    this.#withTags = tags;
  }

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
      tagged: this.#withTags ? this.#counts.tagged : undefined,
      addedBytes,
      changedBytesBefore,
      changedBytesAfter,
      deletedBytes,
      netBytes,
    };
  }
}
