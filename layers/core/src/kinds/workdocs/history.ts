import type { VaultReader, World } from '../../flows/dependencies.ts';
import { namesUnder } from '../../flows/names-under.ts';
import type { SourceHistory } from '../../flows/source-kind.ts';
import type { Candidate, CandidateRequest, Listeners } from '../../flows/vault/candidate.ts';
import { vaultObjects } from '../../flows/vault/version-reader.ts';
import { compareSiteMoments } from '../../flows/workdocs/compare-site-moments.ts';
import { oldestSiteMoment } from '../../flows/workdocs/oldest-moment.ts';
import { recordFacts, recordStates } from '../../flows/workdocs/record-states.ts';
import { siteCandidates } from '../../flows/workdocs/site-candidates.ts';
import { siteDoubts } from '../../flows/workdocs/site-doubts.ts';
import { siteChanges } from '../../flows/workdocs/site-history.ts';
import { siteStatesAt } from '../../flows/workdocs/site-states.ts';
import type { SourcePlace } from '../../model/source-place.ts';
import { siteOf, siteUri } from '../../model/workdocs/site-uri.ts';
import { selectSiteRepeatedly } from './look-through.ts';
import { workDocsSelection } from './selection.ts';

/** How WorkDocs sites are read back: by their records, which say what lay where; so a site is always read as a whole. */
export const workDocsHistory: SourceHistory = {
  ...workDocsSelection,
  statesAt: siteStatesAt,
  hasAny,
  oldestMoment: oldestSiteMoment,
  compare: compareSiteMoments,
  changes: siteChanges,
  reader: vaultObjects,
  candidates,
  selectRepeatedly: selectSiteRepeatedly,
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
