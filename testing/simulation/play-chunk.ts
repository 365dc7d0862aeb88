import fc from 'fast-check';
import type { AnyHistory, Chunk, ChunkResult } from './chunk.ts';
import { play } from './play.ts';
import type { PolicyCheck } from './policy.ts';
import { playSite } from './sites/play-site.ts';
import { anySiteHistory } from './sites/site-steps.ts';
import { historyOf, type Weights } from './steps.ts';

/** Of so many seeds one plays histories of sites: the seed alone says what is played again. */
const SITES_EVERY: Readonly<Record<Weights, number>> = { usual: 10, rare: 2, quiet: 10 };

/** Plays a number of histories from a seed, until one goes wrong; that one is shrunk to what it takes. */
export async function playChunk(
  { seed, histories, path, shrink = true, of = 'all', weights = 'usual' }: Chunk,
  policy: PolicyCheck,
): Promise<ChunkResult> {
  const property = fc.asyncProperty(historiesOf(seed, of, weights), async (history) => {
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

function historiesOf(seed: number, of: NonNullable<Chunk['of']>, weights: Weights): fc.Arbitrary<AnyHistory> {
  const isOfSites = of === 'all' ? seed % SITES_EVERY[weights] === 0 : of === 'sites';
  return isOfSites ? anySiteHistory : historyOf(weights);
}

class Divergence extends Error {
  readonly wrong: readonly string[];

  constructor(wrong: readonly string[]) {
    super(wrong.join('\n'));
    this.wrong = wrong;
  }
}
