import fc from 'fast-check';
import { play } from './play.ts';
import type { PolicyCheck } from './policy.ts';
import type { AnyHistory, Chunk, ChunkResult } from './simulate.ts';
import { playSite } from './sites/play-site.ts';
import { anySiteHistory } from './sites/site-steps.ts';
import { anyHistory } from './steps.ts';

const KINDS: Readonly<Record<NonNullable<Chunk['of']>, fc.Arbitrary<AnyHistory>>> = {
  all: fc.oneof({ weight: 9, arbitrary: anyHistory }, { weight: 1, arbitrary: anySiteHistory }),
  buckets: anyHistory,
  sites: anySiteHistory,
};

/** Plays a number of histories from a seed, until one goes wrong; that one is shrunk to what it takes. */
export async function playChunk(
  { seed, histories, path, shrink = true, of = 'all' }: Chunk,
  policy: PolicyCheck,
): Promise<ChunkResult> {
  const property = fc.asyncProperty(KINDS[of], async (history) => {
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

class Divergence extends Error {
  readonly wrong: readonly string[];

  constructor(wrong: readonly string[]) {
    super(wrong.join('\n'));
    this.wrong = wrong;
  }
}
