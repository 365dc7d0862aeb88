import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';
import { StoreError } from '../../../model/errors.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { ZipRef } from './import-messages.ts';

/** Bytes that are asked for at once, and kept: directories and small entries are read many with one request. */
export const WINDOWS = {
  /** Of entries that follow each other. */
  entries: 4 * 1024 * 1024,
  /** Of a directory that is read to its end. */
  directory: 1024 * 1024,
  /** Of a directory of which a hundred entries are read. */
  piece: 64 * 1024,
} as const;

/** A zip in a bucket, in the state in which it was listed. */
export type ZipPlace = Pick<ZipRef, 'key' | 'size' | 'etag'> & { readonly bucket: string };

/**
 * Reads a zip by ranged requests, for yauzl. It holds one window of the file in memory, and only reads on: what lies before
 * the window is asked for anew. Whatever is larger than a window is streamed.
 *
 * Its errors are the store's: `precondition-failed` when the zip has become another one.
 */
export class ZipReader extends RandomAccessReader {
  readonly #store: Pick<ObjectStore, 'open'>;
  readonly #place: ZipPlace;
  #window = { start: 0, bytes: Buffer.alloc(0) };
  #readUntil: number;
  #ahead: number;

  constructor(store: Pick<ObjectStore, 'open'>, place: ZipPlace, ahead: number) {
    super();
    this.#ahead = ahead;
    this.#store = store;
    this.#place = place;
    this.#readUntil = place.size;
  }

  /** From now on entries are read, up to a byte of the file: no window reaches beyond it. */
  readEntries(until: number): void {
    this.#readUntil = Math.min(this.#place.size, until);
    this.#ahead = WINDOWS.entries;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.bytes(position, length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error: Error) => callback(error),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#range(start, end));
  }

  /** Bytes at a position; fewer where the file ends before. */
  async bytes(position: number, length: number): Promise<Buffer> {
    const end = Math.min(position + length, this.#place.size);
    if (end <= position) return Buffer.alloc(0);
    if (!this.#has(position, end)) await this.#moveWindow(position, end);
    return this.#window.bytes.subarray(position - this.#window.start, end - this.#window.start);
  }

  async *#range(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    if (end - start <= WINDOWS.entries) {
      yield await this.bytes(start, end - start);
      return;
    }
    const { body } = await this.#open(start, end - 1);
    let length = 0;
    for await (const bytes of body) {
      length += bytes.length;
      yield bytes;
    }
    this.#checkLength(length, end - start);
  }

  #has(start: number, end: number): boolean {
    const { start: from, bytes } = this.#window;
    return start >= from && end <= from + bytes.length;
  }

  async #moveWindow(start: number, end: number): Promise<void> {
    const until = Math.max(end, Math.min(start + this.#ahead, this.#readUntil));
    const { body } = await this.#open(start, until - 1);
    const bytes = Buffer.concat(await Array.fromAsync(body));
    this.#checkLength(bytes.length, until - start);
    this.#window = { start, bytes };
  }

  #open(first: number, last: number) {
    const { bucket, key, etag } = this.#place;
    return this.#store.open({ bucket, key, ifMatch: etag }, { range: { first, last } });
  }

  /** A connection can end as if all had come. */
  #checkLength(length: number, expected: number): void {
    if (length !== expected)
      throw new StoreError(
        'unavailable',
        `${length} of ${expected} bytes of the zip came: ${this.#place.key}`,
      );
  }
}
