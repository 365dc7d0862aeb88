import { crc32 } from 'node:zlib';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { ObjectRef, ObjectStore, OpenOptions } from '@holdfast/core/ports/object-store.ts';
import { zip64End } from './raw-zip.ts';

const LOCAL_HEADER = 30;
const DIRECTORY_HEADER = 46;
const ZIP64_EXTRA = 4 + 24;
const NAME = 24;
const CHUNK = 64 * 1024;
/** 2024-03-01 12:00:00 in DOS's way. */
const DATE = ((2024 - 1980) << 9) | (3 << 5) | 1;
const TIME = 12 << 11;

/** How large a zip is to be that nobody has. */
export type VirtualSize = {
  readonly entries: number;
  /** Bytes of each entry: all of them zeros, stored as they are. */
  readonly bytes: number;
  /** Bytes that belong to no entry, before the first one. */
  readonly gap?: number;
};

/**
 * A zip of any size that is made as it is read: zip64, every entry in a folder of a thousand, its bytes all zeros.
 */
export class VirtualZip {
  readonly size: number;
  readonly #of: VirtualSize;
  readonly #crc: number;
  readonly #record: number;
  readonly #directoryAt: number;
  readonly #end: Buffer;

  constructor(of: VirtualSize) {
    this.#of = of;
    this.#crc = crcOfZeros(of.bytes);
    this.#record = LOCAL_HEADER + NAME + of.bytes;
    this.#directoryAt = (of.gap ?? 0) + of.entries * this.#record;
    const endAt = this.#directoryAt + of.entries * DIRECTORY_ENTRY;
    this.#end = zip64End(BigInt(endAt), BigInt(of.entries), BigInt(this.#directoryAt));
    this.size = endAt + this.#end.length;
  }

  /** Bytes `first` to `last`, both included, as they would come. */
  async *read(first: number, last: number): AsyncGenerator<Uint8Array, void> {
    for (let at = first; at <= last; ) {
      const bytes = this.#piece(at, Math.min(CHUNK, last + 1 - at));
      at += bytes.length;
      yield bytes;
    }
  }

  /** Some bytes at a place, at most so many. */
  #piece(at: number, most: number): Buffer {
    const endAt = this.size - this.#end.length;
    if (at >= endAt) return this.#end.subarray(at - endAt, at - endAt + most);
    if (at >= this.#directoryAt) {
      const offset = at - this.#directoryAt;
      return part((n) => this.#central(n), DIRECTORY_ENTRY, offset, Math.min(most, endAt - at));
    }
    const gap = this.#of.gap ?? 0;
    if (at < gap) return Buffer.alloc(Math.min(most, gap - at));
    const inside = (at - gap) % this.#record;
    const header = LOCAL_HEADER + NAME;
    if (inside >= header) return Buffer.alloc(Math.min(most, this.#record - inside));
    const n = Math.floor((at - gap) / this.#record);
    return this.#local(n).subarray(inside, inside + most);
  }

  #local(n: number): Buffer {
    const bytes = Buffer.alloc(LOCAL_HEADER + NAME);
    bytes.writeUInt32LE(0x04034b50, 0);
    bytes.writeUInt16LE(45, 4);
    bytes.writeUInt16LE(NAME, 26);
    bytes.write(nameOf(n), LOCAL_HEADER);
    return bytes;
  }

  #central(n: number): Buffer {
    const bytes = Buffer.alloc(DIRECTORY_ENTRY);
    bytes.writeUInt32LE(0x02014b50, 0);
    bytes.writeUInt16LE(45, 4);
    bytes.writeUInt16LE(45, 6);
    bytes.writeUInt16LE(TIME, 12);
    bytes.writeUInt16LE(DATE, 14);
    bytes.writeUInt32LE(this.#crc, 16);
    for (const at of [20, 24, 42]) bytes.writeUInt32LE(0xffffffff, at);
    bytes.writeUInt16LE(NAME, 28);
    bytes.writeUInt16LE(ZIP64_EXTRA, 30);
    bytes.write(nameOf(n), DIRECTORY_HEADER);
    const extra = DIRECTORY_HEADER + NAME;
    bytes.writeUInt16LE(1, extra);
    bytes.writeUInt16LE(24, extra + 2);
    const offset = (this.#of.gap ?? 0) + n * this.#record;
    for (const [index, value] of [this.#of.bytes, this.#of.bytes, offset].entries())
      bytes.writeBigUInt64LE(BigInt(value), extra + 4 + 8 * index);
    return bytes;
  }
}

const DIRECTORY_ENTRY = DIRECTORY_HEADER + NAME + ZIP64_EXTRA;

/** A piece of records of the same length that follow each other. */
function part(record: (n: number) => Buffer, length: number, offset: number, most: number): Buffer {
  const from = Math.floor(offset / length);
  const inside = offset - from * length;
  const count = Math.min(600, Math.ceil((inside + most) / length));
  const records = Array.from({ length: count }, (_, n) => record(from + n));
  return Buffer.concat(records).subarray(inside, inside + most);
}

/** 24 characters: `folder-0000/00000000.txt` */
function nameOf(n: number): string {
  const folder = String(Math.floor(n / 1_000)).padStart(4, '0');
  return `folder-${folder}/${String(n).padStart(8, '0')}.txt`;
}

function crcOfZeros(bytes: number): number {
  const zeros = Buffer.alloc(Math.min(bytes, 1024 * 1024));
  let crc = 0;
  for (let left = bytes; left > 0; left -= zeros.length) crc = crc32(zeros.subarray(0, left), crc);
  return crc;
}

/** A store in which one object is such a zip; all else is as in the store below. */
export function withVirtualZip(
  store: ObjectStore,
  zip: VirtualZip,
  place: { readonly bucket: string; readonly key: string },
): ObjectStore {
  const facts = { etag: 'virtual', size: zip.size, lastModified: 0, storageClass: 'STANDARD' };
  const own: Pick<ObjectStore, 'list' | 'open'> = {
    list: async (request) =>
      request.bucket === place.bucket
        ? { objects: [{ key: place.key, ...facts }], more: false }
        : store.list(request),
    open: async (ref: ObjectRef, options: OpenOptions = {}) => {
      if (ref.bucket !== place.bucket) return store.open(ref, options);
      const { first = 0, last = zip.size - 1 } = options.range ?? {};
      if (last >= zip.size) throw new StoreError('invalid', `bytes ${first} to ${last} of ${zip.size}`);
      const object = { ...facts, archived: false, headers: {}, metadata: {}, tagCount: 0 };
      return { object, body: zip.read(first, last) };
    },
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'list' || name === 'open') return own[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
