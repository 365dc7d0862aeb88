import { bucketOf } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import type { ListedVersion } from '../../../model/object.ts';
import { keepsTagsBeside } from '../../../model/tag-bound.ts';
import type { World } from '../../../ports/world.ts';
import { isSameContent } from '../../../source/differences.ts';
import type { ObjectPlace, VersionFacts } from '../../../source/object-versions.ts';
import { keyVersions, type RealVersion } from '../../../vault/vault-history.ts';
import { tagsRecordKey, vaultPlace } from '../model/vault-key.ts';
import { recordedChanges } from '../records/tag-changes.ts';
import { hasOtherTags } from './change-history.ts';

type Reader = Pick<World, 'store' | 'settings'>;
type Place = { readonly bucket: string; readonly key: string };
type End = { readonly state: VersionFacts['state']; readonly at?: number };
/** A version, what ended it, and what lies below it. */
type Span = {
  readonly version: RealVersion;
  readonly end: End;
  readonly older: ListedVersion | undefined;
};

/**
 * Every version the vault has of one object, the newest first, each with what ended it, how it differs from the one before it, and
 * when its tags were changed since. Where copies have the same bytes, their tags are read; of a large object all records of them.
 */
export async function* bucketObjectVersions(
  { source, key }: ObjectPlace,
  world: Reader,
): AsyncGenerator<VersionFacts> {
  const place = { bucket: bucketOf(source), key };
  const vaultKey = vaultPlace(place.bucket, key).key;
  const records = new Records(place, world);
  for await (const one of spansOf(vaultKey, world)) {
    const { at: endedAt, state } = one.end;
    const end = { vaultKey, state, ...defined({ endedAt }) };
    if ('version' in one)
      yield { ...end, version: one.version, ...(await changesOf(one, place, records, world)) };
    else yield { ...end, taggedAt: [] };
  }
}

/** The last one has no version, where only the deletion is left. */
async function* spansOf(vaultKey: string, world: Reader): AsyncGenerator<Span | Pick<Span, 'end'>> {
  let end: End = { state: 'current' };
  let open: Omit<Span, 'older'> | undefined;
  for await (const version of keyVersions(vaultKey, world)) {
    if (open !== undefined) yield { ...open, older: version };
    open = version.deleteMarker ? undefined : { version, end };
    // Of two markers in a row the older one was the deletion.
    end = { state: version.deleteMarker ? 'deleted' : 'replaced', at: version.lastModified };
  }
  if (open !== undefined) yield { ...open, older: undefined };
  else if (end.state === 'deleted') yield { end };
}

type Told = Pick<VersionFacts, 'differsBy' | 'taggedAt'>;

async function changesOf(
  { version, older }: Span,
  place: Place,
  records: Records,
  world: Reader,
): Promise<Told> {
  const taggedAt = await records.of(version);
  if (older === undefined || older.deleteMarker) return { taggedAt };
  if (!isSameContent(version, older)) return { differsBy: 'content', taggedAt };
  const isTagged = await hasOtherTags({ ...place, version, older }, world);
  return { differsBy: isTagged ? 'tags' : 'metadata', taggedAt };
}

/** When tags changed by records beside copies; read once, where there may be some. */
class Records {
  readonly #place: Place;
  readonly #world: Reader;
  #all: Promise<ReadonlyMap<string, readonly number[]>> | undefined;

  constructor(place: Place, world: Reader) {
    this.#place = place;
    this.#world = world;
  }

  /** Of a version, the newest first. */
  async of({ size, versionId }: RealVersion): Promise<readonly number[]> {
    if (!keepsTagsBeside(size, this.#world.settings)) return [];
    this.#all ??= this.#read();
    return (await this.#all).get(versionId) ?? [];
  }

  async #read(): Promise<ReadonlyMap<string, readonly number[]>> {
    const { bucket, key } = this.#place;
    const changes = recordedChanges(bucket, tagsRecordKey(bucket, key), 0, this.#world);
    const all = await Array.fromAsync(changes);
    return new Map(
      [...Map.groupBy(all, ({ vaultVersionId }) => vaultVersionId)].map(([id, some]) => [
        id,
        some.map(({ at }) => at),
      ]),
    );
  }
}
