/** What an archive keeps of a file beside its bytes. */
export type EntryFacts = {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** What kinds of archive there are, as their files' names end. */
export type ArchiveFormat = 'tar' | 'tar.gz' | 'zip';

/** Writes an archive, one entry after the other. Each call returns when the next may follow, or throws what went wrong. */
export interface ArchiveWriter {
  /** @param body exactly as many bytes as the facts say */
  file(facts: EntryFacts, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** @param name ends in `/` */
  folder(name: string, at: number): Promise<void>;
  /** Writes what comes after the last entry, and waits until everything has gone out. */
  end(): Promise<void>;
  /** Gives up: what went out by then is no archive. */
  abort(): Promise<void>;
}
