import { join } from 'node:path';
import { builtFunction } from './built.ts';
import { logicalId, type Packaging, type Packed } from './packaging.ts';

/** As Holdfast is deployed: each function one file, made by `sam build` with esbuild. */
export const bundled: Packaging = {
  name: 'bundle',
  pack: async (functions) => {
    const packed = new Map<string, Packed>();
    for (const name of functions) {
      const folder = await builtFunction(logicalId(name));
      packed.set(name, { handler: join(folder, 'handler.mjs'), folders: [folder] });
    }
    return packed;
  },
};
