import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Chunk, ChunkResult, WorkerData } from './chunk.ts';
import { editedPath, type Variant } from './variant.ts';
import { VARIANTS } from './variants.ts';

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

/** Changes Holdfast's own source while it is loaded. */
function breakSource({ name, edits }: Variant): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const here = edits.filter((edit) => url.endsWith(`/${editedPath(edit)}`));
      if (here.length === 0) return loaded;
      return {
        ...loaded,
        source: here.reduce((source, edit) => change(source, edit, name), String(loaded.source)),
      };
    },
  });
}

function change(source: string, { file, find, replace }: Variant['edits'][number], name: string): string {
  if (!source.includes(find)) throw new Error(`the variant "${name}" does not fit ${file} any more`);
  return source.replace(find, replace);
}
