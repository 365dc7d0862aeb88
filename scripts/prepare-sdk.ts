import { join } from 'node:path';
import { writeNamesOut } from './lib/literal-names.ts';

// What `npm ci` does last, so that `sam build` needs nothing but what npm installed.
try {
  const clients = await writeNamesOut(join(import.meta.dirname, '..'));
  if (clients.length > 0) process.stdout.write(`names are written out in ${clients.join(', ')}\n`);
} catch (error) {
  process.stderr.write(`prepare-sdk: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
