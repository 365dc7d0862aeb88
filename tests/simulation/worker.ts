import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Chunk, ChunkResult } from './simulate.ts';
import { VARIANTS, type Variant } from './variants.ts';

/** What a worker is started with: plays one chunk of histories after the other, perhaps on a broken variant. */
export type WorkerData = { readonly policies: unknown; readonly variant: string | undefined };

const { policies, variant } = workerData as WorkerData;
const broken = VARIANTS.find(({ name }) => name === variant);
if (broken !== undefined) breakSource(broken);

// Only now: what they import may be broken on purpose.
const { playChunk } = await import('./play-chunk.ts');
const { PolicyCheck } = await import('./policy.ts');
const policy = new PolicyCheck(policies as ConstructorParameters<typeof PolicyCheck>[0]);

parentPort?.on('message', async (chunk: Chunk) => {
  const result: ChunkResult = await playChunk(chunk, policy);
  parentPort?.postMessage(result);
});
parentPort?.postMessage('ready');

/** Changes one place of Holdfast's own source while it is loaded. */
function breakSource({ name, file, find, replace }: Variant): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/layers/core/src/${file}`)) return loaded;
      const source = String(loaded.source);
      if (!source.includes(find)) throw new Error(`the variant "${name}" does not fit ${file} any more`);
      return { ...loaded, source: source.replace(find, replace) };
    },
  });
}
