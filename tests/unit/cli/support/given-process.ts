import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../../../../cli/bin/holdfast.mjs');

/** The command line as a process of its own, with no AWS settings but these. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdout: 'pipe' | number = 'pipe',
): ChildProcess {
  const clean = Object.entries(process.env).filter(([name]) => !/^(AWS_|HOLDFAST_|NODE_OPTIONS)/.test(name));
  return spawn(process.execPath, [BIN, ...args], {
    env: { ...Object.fromEntries(clean), AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
}

/** How a process ended, and what it said. */
export async function ended(child: ChildProcess) {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...texts };
}
