import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Header, type Pack, pack } from 'tar-stream';
import type { ArchiveWriter, EntryFacts } from './archive-writer.ts';
import { Outlet } from './outlet.ts';

/** What the header's field for a time holds; others go into a PAX record. */
const MAX_SECONDS = 2 ** 31 - 1;

type EntryHeader = Partial<Header> & { readonly name: string };

/** A tar with PAX records where a name, a size or a time needs one. */
export class TarWriter implements ArchiveWriter {
  readonly #pack: Pack = pack();
  readonly #outlet: Outlet;

  constructor(to: Writable, compressed: boolean) {
    this.#outlet = new Outlet(this.#pack, compressed ? [createGzip()] : [], to);
  }

  file({ name, size, at }: EntryFacts, body: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#outlet.run(this.#entry({ name, size, type: 'file', ...timeOf(at) }, body));
  }

  folder(name: string, at: number): Promise<void> {
    return this.#outlet.run(this.#entry({ name, type: 'directory', ...timeOf(at) }, nothing()));
  }

  async end(): Promise<void> {
    this.#pack.finalize();
    await this.#outlet.end();
  }

  abort(): Promise<void> {
    return this.#outlet.abort();
  }

  async #entry(header: EntryHeader, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve()));
    // Told by the callback too.
    entry.on('error', reject);
    // An entry of no bytes is done before it is waited for.
    promise.catch(() => {});
    for await (const bytes of body) {
      if (!entry.write(bytes)) await Promise.race([once(entry, 'drain'), promise]);
    }
    entry.end(null);
    await promise;
  }
}

function timeOf(at: number): Partial<Header> {
  const mtime = new Date(at);
  const fits = at % 1000 === 0 && at >= 0 && at / 1000 <= MAX_SECONDS;
  return fits ? { mtime } : { mtime: new Date(0), pax: { mtime: String(at / 1000) } };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
