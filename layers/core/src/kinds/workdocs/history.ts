import type { SourcePlace } from '../../model/source-place.ts';
import type { VaultReader, World } from '../../ports/world.ts';
import { CARRIED } from '../../source/beside.ts';
import type { Candidate, CandidateRequest, Listeners } from '../../source/candidate.ts';
import type { SourceHistory } from '../../source/source-kind.ts';
import { vaultObjects } from '../../source/version-reader.ts';
import { namesUnder } from '../../vault/names-under.ts';
import { compareSiteMoments } from './history/compare-site-moments.ts';
import { documentVersion, documentVersions, isDocumentVersionId } from './history/document-versions.ts';
import { selectSiteRepeatedly } from './history/look-through.ts';
import { oldestSiteMoment } from './history/oldest-moment.ts';
import { recordFacts, recordStates } from './history/record-states.ts';
import { siteCandidates } from './history/site-candidates.ts';
import { SITE_TOP, siteDoubts } from './history/site-doubts.ts';
import { siteChanges } from './history/site-history.ts';
import { siteStatesAt } from './history/site-states.ts';
import { siteOf, siteUri } from './model/site-uri.ts';
import { workDocsSelection } from './selection.ts';

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
