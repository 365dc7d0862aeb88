import fc from 'fast-check';
import { play } from './play.ts';
import type { PolicyCheck } from './policy.ts';
import type { Chunk, ChunkResult } from './simulate.ts';
import { anyHistory } from './steps.ts';

/** Plays a number of histories from a seed, until one goes wrong; that one is shrunk to what it takes. */
export async function playChunk(
  { seed, histories, path, shrink = true }: Chunk,
  policy: PolicyCheck,
): Promise<ChunkResult> {
  const property = fc.asyncProperty(anyHistory, async (history) => {
    const wrong = await play(history, policy);
    if (wrong.length > 0) throw new Divergence(wrong);
  });
  const run = await fc.check(property, {
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
