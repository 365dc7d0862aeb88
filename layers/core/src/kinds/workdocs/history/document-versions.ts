import { defined } from '../../../model/defined.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type {
  FoundVersion,
  MomentOrVersion,
  NoVersion,
  ObjectPlace,
  PlaceFacts,
  VersionFacts,
} from '../../../source/object-versions.ts';
import { type DocumentVersionFacts, documentHistory } from './document-history.ts';
import type { SiteState } from './site-entries.ts';
import { siteStatesAt } from './site-states.ts';
import { siteVersion } from './site-version.ts';

const OWN_ID = /^[\w.@+=,&-]{1,256}$/;

/** WorkDocs' own ids of versions can be short, or begin with digits. */
export function isDocumentVersionId(text: string): boolean {
  return OWN_ID.test(text);
}

/** The versions of the document that has a path now, or had it when it was deleted; and where it was. */
export async function* documentVersions(
  { source, key }: ObjectPlace,
  world: VaultReader,
): AsyncGenerator<VersionFacts | PlaceFacts> {
  const history = await documentHistory({ source, prefix: key }, world);
  if (history === undefined) return;
  const { documentId: itemId, versions, places } = history;
  for (const one of versions.toReversed()) yield factsOf(itemId, one);
  for (const one of places.toReversed()) yield { itemId, ...one };
}

function factsOf(
  itemId: string,
  { number, version, state, createdBy, there, lacking }: DocumentVersionFacts,
): VersionFacts {
  const { id, name, createdAt, size } = version;
  return {
    state: state === 'older' ? 'replaced' : state,
    vaultKey: there?.key ?? '',
    ...defined({ version: there, lacking }),
    taggedAt: [],
    made: { itemId, number, id, ...defined({ name, at: createdAt, by: createdBy, size }) },
  };
}

/** The version of a document that was current at a moment, or the one of an id of WorkDocs or the vault. */
export async function documentVersion(
  { source, key }: ObjectPlace,
  wanted: MomentOrVersion,
  world: VaultReader,
): Promise<FoundVersion | NoVersion> {
  const place = { source, prefix: key };
  if ('versionId' in wanted) {
    const state = await siteVersion(place, wanted.versionId, world);
    return state === undefined ? { absent: 'version' } : found(state);
  }
  const states = await Array.fromAsync(siteStatesAt(place, wanted.at, world));
  // What was there comes before what was deleted under the same path.
  const state = states.find((one) => one.key === key && one.documentId !== undefined);
  if (state?.current !== undefined) return found(state);
  if (state?.deleted === undefined)
    return { absent: 'object', ...(wanted.at === Number.MAX_SAFE_INTEGER ? {} : { at: wanted.at }) };
  return { absent: 'deleted', at: state.deleted.at, ...defined({ last: state.siteVersionId }) };
}

function found({ current, deleted, checksum, lacking }: SiteState): FoundVersion | NoVersion {
  const version = current ?? deleted?.last;
  if (version === undefined || version.versionId === '')
    return { absent: 'bytes', ...defined({ why: lacking }) };
  return { version, ...defined({ checksum, lacking }) };
}
