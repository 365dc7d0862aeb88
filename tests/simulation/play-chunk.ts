import fc from 'fast-check';
import { play } from './play.ts';
import type { PolicyCheck } from './policy.ts';
import type { AnyHistory, Chunk, ChunkResult } from './simulate.ts';
import { playSite } from './sites/play-site.ts';
import { anySiteHistory } from './sites/site-steps.ts';
import { anyHistory } from './steps.ts';

const KINDS: Readonly<Record<'buckets' | 'sites', fc.Arbitrary<AnyHistory>>> = {
  buckets: anyHistory,
  sites: anySiteHistory,
};

/** Plays a number of histories from a seed, until one goes wrong; that one is shrunk to what it takes. */
export async function playChunk(
  { seed, histories, path, shrink = true, of = 'all' }: Chunk,
  policy: PolicyCheck,
): Promise<ChunkResult> {
  const property = fc.asyncProperty(KINDS[of === 'all' ? kindOf(seed) : of], async (history) => {
    const wrong = 'kind' in history ? await playSite(history) : await play(history, policy);
    if (wrong.length > 0) throw new Divergence(wrong);
  });
  const run = await fc.check<[AnyHistory]>(property, {
    seed,
    numRuns: histories,
    endOnFailure: !shrink || path !== undefined,
    ...(path === undefined ? {} : { path }),
  });
  const { numRuns, failed } = run;
  if (!failed) return { seed, played: numRuns };
  const error = run.errorInstance;
  const wrong = error instanceof Divergence ? error.wrong : [String(error)];
  const failure = { path: run.counterexamplePath ?? '', history: run.counterexample?.[0], wrong };
  return { seed, played: numRuns, failure };
}

/** Of all histories every tenth seed plays those of sites: the seed alone says what is played again. */
function kindOf(seed: number): 'buckets' | 'sites' {
  return seed % 10 === 0 ? 'sites' : 'buckets';
}

class Divergence extends Error {
  readonly wrong: readonly string[];

  constructor(wrong: readonly string[]) {
    super(wrong.join('\n'));
    this.wrong = wrong;
  }
}
