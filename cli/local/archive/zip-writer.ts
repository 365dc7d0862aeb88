import { Readable, type Writable } from 'node:stream';
import { ZipArchiveEntry, ZipArchiveOutputStream } from 'compress-commons';
import type { ArchiveWriter, EntryFacts } from './archive-writer.ts';
import { Outlet } from './outlet.ts';

const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o40755;
const STORED = 0;
const MAX_SECONDS = 2 ** 31 - 1;

/** A zip with 64-bit sizes where they are needed. Its table of contents comes last and is kept in memory until then. */
export class ZipWriter implements ArchiveWriter {
  readonly #zip = new ZipArchiveOutputStream();
  readonly #outlet: Outlet;

  constructor(to: Writable) {
    this.#outlet = new Outlet(this.#zip, [], to);
  }

  file({ name, at, size }: EntryFacts, body: AsyncIterable<Uint8Array>): Promise<void> {
    const entry = entryFor(name, at, FILE_MODE);
    if (size === 0) entry.setMethod(STORED);
    return this.#add(entry, Readable.from(body, { objectMode: false }));
  }

  folder(name: string, at: number): Promise<void> {
    const entry = entryFor(name, at, FOLDER_MODE);
    entry.setMethod(STORED);
    return this.#add(entry, Buffer.alloc(0));
  }

  async end(): Promise<void> {
    this.#zip.finish();
    await this.#outlet.end();
  }

  abort(): Promise<void> {
    return this.#outlet.abort();
  }

  #add(entry: ZipArchiveEntry, source: Readable | Buffer): Promise<void> {
    const added = new Promise<void>((resolve, reject) => {
      // The library waits forever for a source that fails.
      if (source instanceof Readable) source.once('error', reject);
      this.#zip.entry(entry, source, (error) => (error ? reject(error) : resolve()));
    });
    return this.#outlet.run(added);
  }
}

function entryFor(name: string, at: number, mode: number): ZipArchiveEntry {
  const entry = new ZipArchiveEntry();
  entry.setName(name);
  // The format's own time has no zone: unpackers take it for a local one.
  entry.setTime(new Date(at), true);
  entry.setUnixMode(mode);
  const seconds = Math.floor(at / 1000);
  if (seconds <= MAX_SECONDS) entry.setExtra(utcTime(seconds));
  return entry;
}

/** The extra field "UT" of Info-ZIP: when the file was changed, to the second and in UTC. */
function utcTime(seconds: number): Buffer {
  const field = Buffer.alloc(9);
  field.write('UT', 'latin1');
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(seconds, 5);
  return field;
}
