import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { checkoutVenv, ROOT } from './lib/checkout-venv.ts';

/**
 * Runs the pinned sam of this checkout, with esbuild on its path: `npm run build`, `npm run deploy -- --guided`. AWS
 * account, region and profile are found as sam finds them.
 */
async function main(): Promise<number> {
  const venv = await checkoutVenv();
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((done, fail) => {
    const env = { SAM_CLI_TELEMETRY: '0', ...process.env, PATH };
    const child = spawn(venv.sam, process.argv.slice(2), { cwd: ROOT, env, stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`sam: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
