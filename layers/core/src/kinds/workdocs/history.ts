import { defined } from '../../model/defined.ts';
import type { Entry } from '../../model/entry.ts';
import type { SourcePlace } from '../../model/source-place.ts';
import type { VaultReader, World } from '../../ports/world.ts';
import { CARRIED } from '../../source/beside.ts';
import type { Candidate, CandidateRequest, Listeners, TopDoubt, TopRules } from '../../source/candidate.ts';
import type { SourceHistory } from '../../source/source-kind.ts';
import { vaultObjects } from '../../source/version-reader.ts';
import { namesUnder } from '../../vault/names-under.ts';
import { compareSiteMoments } from './history/compare-site-moments.ts';
import { documentVersion, documentVersions, isDocumentVersionId } from './history/document-versions.ts';
import { selectSiteRepeatedly } from './history/look-through.ts';
import { bytesNamed, isRecordInDoubt, recordPairs } from './history/record-pairs.ts';
import { recordFacts, recordStates } from './history/record-states.ts';
import { siteChanges } from './history/site-history.ts';
import { siteStatesAt } from './history/site-states.ts';
import { recordKeyOf, refOfEntryKey, versionsPrefix } from './model/site-key.ts';
import { siteOf, siteUri } from './model/site-uri.ts';
import { workDocsSelection } from './selection.ts';

/** A crawl compares every record with the catalog, and what has none by then is told by the doubts about it alone. */
const SITE_TOP: TopRules = {
  unprotectedMayBeHidden: false,
  toldUnmatched: false,
  comparedByFilter: false,
};

/** How WorkDocs sites are read back: by their records, which say what lay where; so a site is always read as a whole. */
export const workDocsHistory: SourceHistory = {
  ...workDocsSelection,
  statesAt: siteStatesAt,
  hasAny,
  oldestMoment: oldestSiteMoment,
  compare: compareSiteMoments,
  changes: siteChanges,
  version: documentVersion,
  versionsOf: documentVersions,
  isOwnId: isDocumentVersionId,
  reader: vaultObjects,
  candidates,
  top: SITE_TOP,
  selectRepeatedly: selectSiteRepeatedly,
  beside: CARRIED,
  entries: {
    sources,
    statesOf: (source, world) => recordStates(siteOf(source), world),
    factsOf: (source, world) => recordFacts(siteOf(source), world),
    // Users and folders are where documents lie.
    isCounted: (key) => key.startsWith('document/'),
  },
};

async function* candidates(
  request: CandidateRequest,
  { onTop }: Pick<Listeners, 'onTop'>,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<Candidate> {
  for await (const doubt of siteDoubts(request.source, world)) await onTop(doubt);
  yield* siteCandidates(request, world);
}

async function hasAny(place: SourcePlace, world: VaultReader): Promise<boolean> {
  for await (const _ of siteStatesAt(place, Number.MAX_SAFE_INTEGER, world)) return true;
  return false;
}

async function* sources(world: VaultReader): AsyncGenerator<string> {
  for await (const name of namesUnder('workdocs/', world)) yield siteUri(name);
}

/** When the oldest version was made of which the vault has something under a path, or else when it was captured. */
async function oldestSiteMoment(place: SourcePlace, world: VaultReader): Promise<number | undefined> {
  let oldest: number | undefined;
  const all = siteStatesAt(place, Number.MAX_SAFE_INTEGER, world, { allVersions: true });
  for await (const { current, deleted, changedAt } of all) {
    const at = changedAt ?? (current ?? deleted?.last)?.lastModified;
    if (at !== undefined && at > 0) oldest = Math.min(at, oldest ?? at);
  }
  return oldest;
}

/**
 * What there is to prove of a site: the bytes of every version of every document, against the checksums of the records; or
 * only what a restore as of a moment would read.
 */
async function* siteCandidates(
  { at, ...place }: CandidateRequest,
  world: VaultReader,
): AsyncGenerator<Candidate> {
  const options = { allVersions: at === undefined };
  for await (const state of siteStatesAt(place, at ?? Number.MAX_SAFE_INTEGER, world, options)) {
    const { key, current, deleted, checksum, lacking, lost, documentId } = state;
    const version = at === undefined ? (current ?? deleted?.last) : current;
    if (version === undefined || documentId === undefined) continue;
    if (lost) yield { key, version, missing: lacking ?? '' };
    else if (version.versionId !== '') yield { key, version, ...defined({ checksum }) };
  }
}

/** Records of a site, and bytes, where something else seems to lie on top in the vault than the catalog names. */
async function* siteDoubts(
  source: string,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<TopDoubt> {
  const site = siteOf(source);
  for await (const pair of recordPairs(source, undefined, world)) {
    if (!isRecordInDoubt(pair)) continue;
    const { key, entry } = pair;
    const doubt = { key, vaultKey: recordKeyOf(site, key) };
    if (named(entry) === 0) yield doubt;
    else yield { ...doubt, bytes: { under: versionsPrefix(site, refOfEntryKey(key).id), named } };
  }
}

function named(entry: Entry | undefined): number {
  return entry === undefined ? 0 : bytesNamed(entry);
}
