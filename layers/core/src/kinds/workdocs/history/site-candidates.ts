import { defined } from '../../../model/defined.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type { Candidate, CandidateRequest } from '../../../source/candidate.ts';
import { siteStatesAt } from './site-states.ts';

/**
 * What there is to prove of a site: the bytes of every version of every document, against the checksums of the records; or
 * only what a restore as of a moment would read.
 */
export async function* siteCandidates(
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
