import { isArchivedClass, type ListedObject } from '../model/object.ts';
import { TAG_COPY_MAX_BYTES } from '../model/tag-bound.ts';
import { partBytesFor } from '../vault/parts.ts';
import { LEAST_MOVED_BYTES } from './prices.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Upper bounds of the size bands. */
export const SIZE_BANDS = [LEAST_MOVED_BYTES, TAG_COPY_MAX_BYTES, 100 * MIB, GIB, 5 * GIB] as const;

export type Amount = { readonly objects: number; readonly bytes: number };

/** What a bucket holds, as far as its cost goes. */
export type Inventory = {
  /** What a capture can copy. */
  readonly small: Amount;
  /** Copied in parts, so many in all. */
  readonly large: Amount & { readonly parts: number };
  /** Of both, what lifecycle rules do not move to another class. */
  readonly unmovable: Amount;
  /** In a class that must be thawed before it can be read. */
  readonly archived: Amount & { readonly keys: readonly string[] };
  readonly classes: ReadonlyMap<string, Amount>;
  /** One for each of {@link SIZE_BANDS}, and one for what is above. */
  readonly bands: readonly Amount[];
  /** Keys that a listing showed, those that are not covered included. */
  readonly listed: number;
  /** Some keys from all over the bucket. */
  readonly sample: readonly string[];
};

/** How objects are copied, and which of them in parts. */
export type CopySettings = { readonly multipartThresholdBytes: number; readonly partBytes: number };

/** Of all objects, those whose copies are made again when their tags change, and those that are too large for it. */
export function byTagBound({ bands }: Pick<Inventory, 'bands'>): {
  readonly below: Amount;
  readonly above: Amount;
} {
  const last = SIZE_BANDS.indexOf(TAG_COPY_MAX_BYTES);
  return { below: sumOf(bands.slice(0, last + 1)), above: sumOf(bands.slice(last + 1)) };
}

function sumOf(amounts: readonly Amount[]): Amount {
  const sum = (of: keyof Amount) => amounts.reduce((all, amount) => all + amount[of], 0);
  return { objects: sum('objects'), bytes: sum('bytes') };
}

const NAMED_KEYS = 5;
const SAMPLE = 100;

/** Adds up a listing, in memory that does not grow with it. */
export class InventoryCount {
  readonly #copies: CopySettings;
  #listed = 0;
  readonly #small = new Sum();
  readonly #large = new Sum();
  readonly #unmovable = new Sum();
  readonly #archived = new Sum();
  readonly #archivedKeys: string[] = [];
  readonly #classes = new Map<string, Sum>();
  readonly #bands = [...SIZE_BANDS, Number.POSITIVE_INFINITY].map(() => new Sum());
  readonly #sample: string[] = [];
  #stride = 1;
  #parts = 0;
  #covered = 0;

  constructor(copies: CopySettings) {
    this.#copies = copies;
  }

  /** Something the listing showed that is not to be backed up. */
  pass(): void {
    this.#listed += 1;
  }

  add(object: ListedObject): void {
    const { storageClass, size } = object;
    this.#listed += 1;
    const ofClass = this.#classes.get(storageClass) ?? new Sum();
    this.#classes.set(storageClass, ofClass);
    ofClass.add(size);
    this.#bands[bandOf(size)]?.add(size);
    if (isArchivedClass(storageClass)) this.#addArchived(object);
    else this.#addCapturable(object);
  }

  result(): Inventory {
    return {
      small: this.#small.amount,
      large: { ...this.#large.amount, parts: this.#parts },
      unmovable: this.#unmovable.amount,
      archived: { ...this.#archived.amount, keys: this.#archivedKeys },
      classes: new Map([...this.#classes].map(([name, sum]) => [name, sum.amount])),
      bands: this.#bands.map(({ amount }) => amount),
      listed: this.#listed,
      sample: this.#sample.slice(0, SAMPLE),
    };
  }

  #addArchived({ key, size }: ListedObject): void {
    this.#archived.add(size);
    if (this.#archivedKeys.length < NAMED_KEYS) this.#archivedKeys.push(key);
  }

  #addCapturable({ key, size }: ListedObject): void {
    this.#addToSample(key);
    if (size < LEAST_MOVED_BYTES) this.#unmovable.add(size);
    if (size <= this.#copies.multipartThresholdBytes) {
      this.#small.add(size);
      return;
    }
    this.#large.add(size);
    this.#parts += Math.ceil(size / partBytesFor(size, this.#copies.partBytes));
  }

  /** Every so manyth key; when there are twice as many as wanted, every other one goes. */
  #addToSample(key: string): void {
    if (this.#covered++ % this.#stride !== 0) return;
    this.#sample.push(key);
    if (this.#sample.length < 2 * SAMPLE) return;
    this.#sample.splice(0, this.#sample.length, ...this.#sample.filter((_, index) => index % 2 === 0));
    this.#stride *= 2;
  }
}

/** The band that a size is in. */
export function bandOf(size: number): number {
  const found = SIZE_BANDS.findIndex((bound) => size < bound);
  return found === -1 ? SIZE_BANDS.length : found;
}

class Sum {
  objects = 0;
  bytes = 0;

  add(bytes: number): void {
    this.objects += 1;
    this.bytes += bytes;
  }

  get amount(): Amount {
    return { objects: this.objects, bytes: this.bytes };
  }
}
