import { bucketOf } from '../../../model/bucket-uri.ts';
import { compareKeys } from '../../../model/byte-order.ts';
import type { Entry } from '../../../model/entry.ts';
import type { World } from '../../../ports/world.ts';
import type {
  Candidate,
  CandidateRequest,
  Listeners,
  TopDoubt,
  TopRules,
} from '../../../source/candidate.ts';
import { catalogEntries } from '../../../vault/listings.ts';
import { namesTop } from '../../../verify/top-doubts.ts';
import { longVaultPrefix, vaultPlace } from '../model/vault-key.ts';
import { isWrong, recordsAtPlace, recordsBeside } from '../records/records-beside.ts';
import { bucketVersions, type SourceVersion } from './source-versions.ts';

/** The entries are walked beside the versions, and a reconcile looks at no object that the settings leave out. */
export const BUCKET_TOP: TopRules = {
  unprotectedMayBeHidden: true,
  toldUnmatched: true,
  comparedByFilter: true,
};

type Joined = SourceVersion & { readonly entry?: Entry };

/**
 * What there is to prove of a bucket, by walking the vault's versions and the catalog's entries side by side, in constant memory.
 */
export async function* bucketCandidates(
  request: CandidateRequest,
  listeners: Listeners,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<Candidate> {
  let decided: string | undefined;
  for await (const { key, version, entry } of joined(request, listeners, world)) {
    if (request.at !== undefined) {
      // Of each key the first one, which is the newest, that is not too new.
      if (version.lastModified > request.at || decided === version.key) continue;
      decided = version.key;
    }
    if (!version.deleteMarker) yield { key, version, ...(entry === undefined ? {} : { entry }) };
  }
  if (request.at === undefined)
    for await (const doubt of besideDoubts(request, world)) await listeners.onTop(doubt);
}

/** Records beside copies that seem to be hidden or covered. */
async function* besideDoubts(
  { source, prefix }: CandidateRequest,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<TopDoubt> {
  const row = (await world.catalog.getSource(source)) ?? { source };
  for await (const found of recordsBeside(row, {}, world)) {
    const key = 'key' in found ? found.key : '';
    if (isWrong(found) && key.startsWith(prefix)) yield doubtOf(key, found.vaultKey);
  }
}

function doubtOf(key: string, vaultKey: string): TopDoubt {
  const beside: TopDoubt['beside'] = async (source, world) => {
    const found = await recordsAtPlace(source, vaultKey, world);
    if (found === undefined || !isWrong(found)) return undefined;
    const { top, what } = found;
    return found.is === 'unknown' ? { top, what } : { top, what, key: found.key };
  };
  return { key, vaultKey, beside };
}

async function* joined(
  { source, prefix }: CandidateRequest,
  { onUnmatched, onTop }: Listeners,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<Joined> {
  const bucket = bucketOf(source);
  const named = new NamedVersions(catalogEntries(source, prefix, {}, world), (entry) =>
    onUnmatched({ entry, vaultKey: vaultPlace(bucket, entry.key).key }),
  );
  const isLong = (one: SourceVersion) => one.version.key.startsWith(longVaultPrefix(bucket));
  let long: Entry | undefined;
  for await (const one of bucketVersions(bucket, prefix, world)) {
    // Long keys stand apart in the vault, in an order of their own.
    if (isLong(one)) long = long?.key === one.key ? long : await world.catalog.getEntry(source, one.key);
    const entry = isLong(one) ? long : await named.entryOf(one.key);
    if (one.version.latest && !namesTop(entry, one.version, BUCKET_TOP))
      await onTop({ key: one.key, vaultKey: one.version.key });
    const isNamed = entry !== undefined && entry.vaultVersionId === one.version.versionId;
    if (isNamed) named.match(entry);
    yield isNamed ? { ...one, entry } : one;
  }
  await named.finish();
}

/** The catalog's entries that name a copy, in step with a listing of the vault. */
class NamedVersions {
  readonly #entries: AsyncIterator<Entry>;
  readonly #onUnmatched: (entry: Entry) => Promise<void>;
  #head: Entry | undefined;
  #isMatched = true;

  constructor(entries: AsyncIterable<Entry>, onUnmatched: (entry: Entry) => Promise<void>) {
    this.#entries = entries[Symbol.asyncIterator]();
    this.#onUnmatched = onUnmatched;
  }

  /** To be asked in the order of the keys. */
  async entryOf(key: string): Promise<Entry | undefined> {
    if (this.#head === undefined) await this.#next();
    while (this.#head !== undefined && compareKeys(this.#head.key, key) < 0) await this.#next();
    return this.#head?.key === key ? this.#head : undefined;
  }

  match(entry: Entry): void {
    if (entry === this.#head) this.#isMatched = true;
  }

  async finish(): Promise<void> {
    do await this.#next();
    while (this.#head !== undefined);
  }

  async #next(): Promise<void> {
    if (this.#head !== undefined && !this.#isMatched) await this.#onUnmatched(this.#head);
    const { value, done } = await this.#entries.next();
    this.#head = done === true ? undefined : value;
    this.#isMatched = this.#head === undefined || !namesCopy(this.#head);
  }
}

/** What a deleted object's entry names may have expired since, rightly. */
function namesCopy({ state, vaultVersionId }: Entry): boolean {
  return state !== 'deleted' && vaultVersionId !== undefined;
}
