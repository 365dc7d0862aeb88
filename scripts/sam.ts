import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { checkoutVenv, ROOT } from './lib/checkout-venv.ts';
import { deploySettings } from './lib/deploy-settings.ts';
import { preflight } from './lib/preflight.ts';

/**
 * Runs the pinned sam of this checkout, with esbuild on its path: `npm run build`, `npm run deploy -- --guided`. AWS
 * account, region and profile are found as sam finds them. A deployment looks first where it would go.
 */
async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'deploy' && !(await mayDeploy(args))) return 1;
  const venv = await checkoutVenv();
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((done, fail) => {
    const env = { SAM_CLI_TELEMETRY: '0', ...process.env, PATH };
    const child = spawn(venv.sam, [...args], { cwd: ROOT, env, stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  });
}

/** With `--guided`, sam asks for what the look needs. */
async function mayDeploy(args: readonly string[]): Promise<boolean> {
  if (args.some((arg) => ['--guided', '-g', '--help', '-h'].includes(arg))) return true;
  const samconfig = await readFile(join(ROOT, 'samconfig.toml'), 'utf8').catch(() => '');
  const { account, caller, region, quota } = await preflight(deploySettings(args, samconfig));
  process.stderr.write(`account ${account}, region ${region}, as ${caller}\n`);
  const word = { enough: '', small: 'warning: ', impossible: 'deploy: ' }[quota.kind];
  process.stderr.write(`${word}${quota.text}\n`);
  return quota.kind !== 'impossible';
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`sam: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
