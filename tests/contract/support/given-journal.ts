import { createHash } from 'node:crypto';
import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { Pipeline, VAULT } from '../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';
import {
  type InPack,
  idOf,
  JOURNAL,
  type LogLine,
  logKey,
  packKey,
  packOf,
} from '../../support/journal-kind.ts';
import type { GivenKind, GivenSource, Item } from '../suites/source-kind/given.ts';

const SOURCE = 'journal://diary';
const keyOf = ({ group, name }: Item) => (group === '' ? name : `${group}: ${name}`);

/** A journal that is captured in packs, all that was written since the last time in one. */
class Journal {
  readonly #pipeline: Pipeline;
  readonly #log: LogLine[] = [];
  readonly #written = new Map<string, string | undefined>();
  readonly #notes = new Map<string, number>();
  #packs = 0;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  write(key: string, text: string | undefined): void {
    this.#written.set(key, text);
  }

  textOf(key: string): string {
    const line = this.#log.findLast((one) => one.key === key);
    const { s3 } = this.#pipeline;
    if (line?.pack === undefined) throw new Error(`there is no ${key}`);
    const { key: pack, versionId, first, last } = line.pack;
    return s3
      .object(VAULT, pack, versionId)
      .content.body.subarray(first, last + 1)
      .toString();
  }

  /** The pack first, then the log that names it, then the catalog. */
  async capture(): Promise<void> {
    const { now: at, s3, catalog } = this.#pipeline;
    const written = [...this.#written].map(
      ([key, text]) => [key, text === undefined ? undefined : Buffer.from(text)] as const,
    );
    this.#written.clear();
    this.#packs += 1;
    const key = packKey(SOURCE, this.#packs);
    const bytes = Buffer.concat([Buffer.from('pack'), ...written.flatMap(([, note]) => note ?? [])]);
    const { versionId } = s3.put(VAULT, key, bytes);
    let first = 4;
    for (const [note, text] of written) {
      const last = first + (text?.length ?? 0) - 1;
      const sha256 = createHash('sha256')
        .update(text ?? '')
        .digest('base64');
      const line = {
        key: note,
        at,
        ...(text === undefined ? {} : { pack: { key, versionId, first, last, sha256 } }),
      };
      this.#log.push(line);
      first = last + 1;
      await this.#enter(line, text?.length);
    }
    s3.put(VAULT, logKey(SOURCE), JSON.stringify(this.#log));
    const bytesOfAll = [...this.#notes.values()].reduce((sum, size) => sum + size, 0);
    await catalog.resetTotals(SOURCE, { objects: this.#notes.size, bytes: bytesOfAll, unprotected: 0 });
  }

  async #enter({ key, at, pack }: LogLine, size: number | undefined): Promise<void> {
    const { catalog } = this.#pipeline;
    const known = await catalog.getEntry(SOURCE, key);
    const base = { source: SOURCE, key, rev: (known?.rev ?? 0) + 1, updatedAt: at };
    if (pack === undefined || size === undefined) {
      this.#notes.delete(key);
      await catalog.putEntry({ ...known, ...base, state: 'deleted', deletedAt: at }, known?.rev);
      return;
    }
    this.#notes.set(key, size);
    await catalog.putEntry({ ...base, ...inPack(pack, at, size), state: 'current' }, known?.rev);
  }
}

function inPack(pack: InPack, capturedAt: number, size: number): Partial<Entry> {
  const etag = `"${pack.sha256}"`;
  const checksum = { algorithm: 'SHA256', value: pack.sha256 };
  return { size, etag, checksum, capturedAt, vaultVersionId: idOf(pack), vaultEtag: etag };
}

/** Protects a journal whose vault, and so whose clock, is a pipeline's. */
export async function givenJournal(pipeline: Pipeline): Promise<GivenSource> {
  const { s3, world } = pipeline;
  await registerSource({ source: SOURCE, protectedAt: pipeline.now }, world);
  const journal = new Journal(pipeline);
  return {
    source: SOURCE,
    world,
    s3,
    now: () => pipeline.now,
    pass: (ms) => pipeline.pass(ms / 1000),
    keyOf,
    prefixOf: (group) => group,
    put: async (item, text) => journal.write(keyOf(item), text),
    delete: async (item) => journal.write(keyOf(item), undefined),
    rename: async (from, to) => {
      journal.write(keyOf(to), journal.textOf(keyOf(from)));
      journal.write(keyOf(from), undefined);
    },
    capture: () => journal.capture(),
    objectOf: packOf,
  };
}

/** Journals: a kind that only the tests have, of which the core does not know. */
export const GIVEN_JOURNAL: GivenKind = {
  kind: JOURNAL,
  identity: 'key',
  uris: {
    'journal://diary': { source: 'journal://diary', prefix: '' },
    'journal://diary/plans: a/b #1': { source: 'journal://diary', prefix: 'plans: a/b #1' },
  },
  noUris: ['journal://', 'journal:///plans', 'journal://Diary'],
  awkwardNames: AWKWARD_KEYS,
  neighbour: `${SOURCE}-2`,
  isItem: () => true,
  refused: [{ wish: {}, into: 'bucket' }],
  taken: [
    { wish: { exact: true }, into: 'elsewhere' },
    { wish: { versionId: 'v' }, into: 'elsewhere' },
  ],
  begin: () => givenJournal(new Pipeline()),
};
