import { hasOtherTags } from '@holdfast/core/kinds/s3/history/change-history.ts';
import { tagsRecordKey, vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { recordedChanges } from '@holdfast/core/kinds/s3/records/tag-changes.ts';
import { bucketOf } from '@holdfast/core/model/bucket-uri.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import { keepsTagsBeside } from '@holdfast/core/model/tag-bound.ts';
import { isSameContent } from '@holdfast/core/source/differences.ts';
import { keyVersions, type RealVersion } from '@holdfast/core/vault/vault-history.ts';
import type { Connection } from '../context.ts';
import { moment } from '../json/moment.ts';
import type { VersionLine } from '../json/versions.ts';

type World = Connection['world'];
type Place = { readonly bucket: string; readonly key: string };
type End = { readonly state: VersionLine['state']; readonly at?: number };
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
export async function* objectHistory(
  source: string,
  key: string,
  { world }: Pick<Connection, 'world'>,
): AsyncGenerator<VersionLine> {
  const place = { bucket: bucketOf(source), key };
  const vaultKey = vaultPlace(place.bucket, key).key;
  const base = { source, key, vaultKey };
  const records = new Records(place, world);
  for await (const one of spansOf(vaultKey, world)) {
    const told = 'version' in one ? await changesOf(one, place, records, world) : NOTHING;
    yield { ...base, ...ended(one.end), ...facts('version' in one ? one.version : undefined), ...told };
  }
}

/** The last one has no version, where only the deletion is left. */
async function* spansOf(vaultKey: string, world: World): AsyncGenerator<Span | Pick<Span, 'end'>> {
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

type Told = Pick<VersionLine, 'differsBy' | 'taggedAt'>;
const NOTHING: Told = { differsBy: null, taggedAt: [] };

async function changesOf(
  { version, older }: Span,
  place: Place,
  records: Records,
  world: World,
): Promise<Told> {
  const taggedAt = (await records.of(version)).map((at) => moment(at));
  if (older === undefined || older.deleteMarker) return { differsBy: null, taggedAt };
  if (!isSameContent(version, older)) return { differsBy: 'content', taggedAt };
  const isTagged = await hasOtherTags({ ...place, version, older }, world);
  return { differsBy: isTagged ? 'tags' : 'metadata', taggedAt };
}

/** When tags changed by records beside copies; read once, where there may be some. */
class Records {
  readonly #place: Place;
  readonly #world: World;
  #all: Promise<ReadonlyMap<string, readonly number[]>> | undefined;

  constructor(place: Place, world: World) {
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

function ended({ state, at }: End): Pick<VersionLine, 'state' | 'endedAt'> {
  return { state, endedAt: moment(at) };
}

function facts(version: RealVersion | undefined) {
  return {
    capturedAt: moment(version?.lastModified),
    size: version?.size ?? null,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
  };
}
