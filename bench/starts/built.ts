import { glob } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { run } from '../../scripts/lib/run.ts';
import { isBuilt, samBuild } from '../../scripts/lib/sam.ts';
import { cloudSettings } from '../../scripts/lib/settings.ts';
import { sourceHash } from '../../scripts/lib/source-hash.ts';

/** The folder of a function as `sam build` makes it, built anew when the sources have changed since. */
export async function builtFunction(logicalId: string): Promise<string> {
  const hash = await sourceHash(ROOT);
  if (!(await isBuilt(ROOT, hash))) {
    const { sam } = await checkoutVenv();
    await samBuild({ command: sam, run, settings: cloudSettings(), cloud: {} }, hash);
  }
  // Each nested stack has a folder of its own.
  for await (const handler of glob(`*/${logicalId}/handler.mjs`, { cwd: join(ROOT, '.aws-sam/build') }))
    return dirname(join(ROOT, '.aws-sam/build', handler));
  throw new Error(`sam build made no ${logicalId}`);
}
