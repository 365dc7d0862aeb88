import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { HoldfastError, messageOf } from '../../../model/errors.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { DirectoryPlace } from './import-messages.ts';
import { readEntry, type ZipEntry } from './zip-entry.ts';
import { ZipError } from './zip-error.ts';
import { WINDOWS, type ZipPlace, ZipReader } from './zip-reader.ts';

/** yauzl's own place in the directory. Its types leave it out, and its version is pinned; a test reads on in the middle. */
type Cursor = { readEntryCursor: number; entriesRead: number; entryCount: number };

const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_HEADER_BYTES = 46;

/**
 * The central directory of a zip, read entry by entry from any place in it: in memory is a window of it, never the whole.
 */
export class ZipDirectory {
  readonly reader: ZipReader;
  readonly #file: ZipFile;
  readonly #cursor: Cursor;
  readonly #size: number;
  #place: DirectoryPlace;
  /** More entries follow than the zip says that it has. */
  miscounted = false;

  private constructor(reader: ZipReader, file: ZipFile, size: number, at: DirectoryPlace | undefined) {
    this.reader = reader;
    this.#file = file;
    this.#cursor = file as unknown as Cursor;
    this.#size = size;
    this.#place = at ?? { ...NOTHING_BEFORE, cursor: this.#cursor.readEntryCursor, index: 0 };
    this.#cursor.readEntryCursor = this.#place.cursor;
    this.#cursor.entriesRead = this.#place.index;
  }

  /**
   * @param ahead bytes of the directory that are asked for at once
   * @throws {ZipError} `damaged-zip`; StoreError when it cannot be read
   */
  static async open(
    zip: ZipPlace,
    at: DirectoryPlace | undefined,
    store: Pick<ObjectStore, 'open'>,
    ahead: number = WINDOWS.piece,
  ): Promise<ZipDirectory> {
    const reader = new ZipReader(store, zip, ahead);
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
    const file = await named(fromRandomAccessReaderPromise(reader, zip.size, options));
    return new ZipDirectory(reader, file, zip.size, at);
  }

  get file(): ZipFile {
    return this.#file;
  }

  /** Where {@link next} goes on. */
  get place(): DirectoryPlace {
    return this.#place;
  }

  /** Entries that the zip says are left; none where it says more than it has room for. */
  get left(): number {
    const { entryCount } = this.#cursor;
    const possible = entryCount * DIRECTORY_HEADER_BYTES <= this.#size;
    return possible ? Math.max(0, entryCount - this.#place.index) : 0;
  }

  /** @returns undefined behind the last entry. @throws {ZipError} `damaged-zip` where the directory cannot be read on */
  async next(): Promise<ZipEntry | undefined> {
    if (this.#cursor.entriesRead >= this.#cursor.entryCount) {
      if (!(await this.#hasMore())) return undefined;
      this.miscounted = true;
      this.#cursor.entryCount = this.#cursor.entriesRead + 1;
    }
    const entry = await named(this.#read());
    const { overlap, place } = followEntry(entry, this.#place, this.#size);
    const read = readEntry(entry, this.#place, overlap);
    this.#place = { ...place, cursor: this.#cursor.readEntryCursor, index: this.#place.index + 1 };
    return read;
  }

  async #hasMore(): Promise<boolean> {
    const bytes = await this.reader.bytes(this.#cursor.readEntryCursor, 4);
    return bytes.length === 4 && bytes.readUInt32LE() === DIRECTORY_HEADER;
  }

  #read(): Promise<Entry> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        this.#file.off('entry', onEntry).off('error', onError);
        then();
      };
      const onEntry = (entry: Entry) => settle(() => resolve(entry));
      const onError = (error: Error) => settle(() => reject(error));
      this.#file.on('entry', onEntry).on('error', onError);
      this.#file.readEntry();
    });
  }
}

/** What yauzl finds wrong is the zip's; what the reader throws stays what it is. */
async function named<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new ZipError('damaged-zip', messageOf(error, 300), { cause: error });
  }
}

/** Bytes of a local header without its name. */
const LOCAL_HEADER_BYTES = 30;

type Before = Pick<DirectoryPlace, 'packed' | 'start' | 'end'>;
type Packed = Pick<Entry, 'compressedSize' | 'relativeOffsetOfLocalHeader' | 'fileNameLength'>;

const NOTHING_BEFORE: Before = { packed: 0, start: 0, end: 0 };

/**
 * Tells entries that share bytes with others, by which a small zip can hold any amount. Two signs, both in constant memory:
 * an entry begins inside the one before it in the directory, or all entries so far take more than the file has. The second
 * one catches those that are listed in another order.
 * Source: D. Fifield, "A better zip bomb", USENIX WOOT 2019.
 */
function followEntry(
  entry: Packed,
  before: Before,
  size: number,
): { readonly overlap: boolean; readonly place: Before } {
  const start = entry.relativeOffsetOfLocalHeader;
  const taken = LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
  const packed = Math.min(before.packed + taken, Number.MAX_SAFE_INTEGER);
  const inside = start >= before.start && start < before.end;
  const overlap = inside || packed > size;
  const end = Math.min(start + taken, Number.MAX_SAFE_INTEGER);
  // What was refused takes nothing: an absurd one would have all that follow refused.
  return { overlap, place: overlap ? before : { packed, start, end } };
}
