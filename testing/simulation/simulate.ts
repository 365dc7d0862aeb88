import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Chunk, ChunkResult, Failure, WorkerData } from './chunk.ts';
import { deployedPolicies } from './policy.ts';
import type { Weights } from './steps.ts';
import { VARIANTS } from './variants.ts';

export type SimulateOptions = {
  readonly histories: number;
  readonly seed: number;
  /** Of one failed history, to play that one again. */
  readonly path?: string | undefined;
  /** A deliberately broken variant; see variants.ts. */
  readonly variant?: string | undefined;
  readonly workers?: number | undefined;
  /** See {@link Chunk}; of a variant, what it is about. */
  readonly of?: Chunk['of'];
  /** See {@link Chunk}. */
  readonly weights?: Weights | undefined;
  /** See {@link Chunk}. */
  readonly shrink?: boolean | undefined;
  readonly onProgress?: ((played: number) => void) | undefined;
};

/** A failure names the seed of its own chunk. */
export type Outcome = { readonly played: number; readonly failure?: Failure & { readonly seed: number } };

/** Small enough that a failing one is soon played again. */
const CHUNK = 250;

/** Plays histories on all cores, until one goes wrong. The same seed and number play the same histories. */
export async function simulate(options: SimulateOptions): Promise<Outcome> {
  const { workers = availableParallelism(), variant } = options;
  if (variant !== undefined && !VARIANTS.some(({ name }) => name === variant))
    throw new Error(`"${variant}" is none of the variants: ${VARIANTS.map(({ name }) => name).join('; ')}`);
  const workerData: WorkerData = { policies: await deployedPolicies(), variant };
  const broken = VARIANTS.find(({ name }) => name === variant);
  const of = broken === undefined ? options.of : (broken.of ?? 'buckets');
  const chunks = chunksOf({ ...options, of, weights: broken?.weights ?? options.weights });
  let played = 0;
  let failure: Outcome['failure'];
  const one = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    try {
      await answerOf(worker);
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        worker.postMessage(chunk);
        const result = (await answerOf(worker)) as ChunkResult;
        played += result.played;
        options.onProgress?.(played);
        if (result.failure === undefined) continue;
        failure ??= { ...result.failure, seed: result.seed };
        chunks.length = 0;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, chunks.length) }, one));
  return { played, ...(failure === undefined ? {} : { failure }) };
}

function chunksOf({ histories, seed, path, shrink, of, weights }: SimulateOptions): Chunk[] {
  if (path !== undefined) return [{ seed, histories: 1, path, of, weights }];
  return Array.from({ length: Math.ceil(histories / CHUNK) }, (_, index) => ({
    seed: seed + index,
    histories: Math.min(CHUNK, histories - index * CHUNK),
    shrink,
    of,
    weights,
  }));
}

/** The worker's next message. @throws what ended the worker instead */
async function answerOf(worker: Worker): Promise<unknown> {
  const stop = new AbortController();
  const { signal } = stop;
  const ended = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`a worker ended with ${code}`);
  });
  try {
    const [message] = (await Promise.race([once(worker, 'message', { signal }), ended])) as unknown[];
    return message;
  } finally {
    stop.abort();
    ended.catch(() => undefined);
  }
}
