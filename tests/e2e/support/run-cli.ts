import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../../cli/bin/holdfast.mjs');

/**
 * Runs a command as a person would, its words apart.
 *
 * @param behind what stands behind it on the line of the shell: `| head -c 3`
 */
export function runCli(
  args: readonly string[],
  {
    env = {},
    behind = '',
  }: { readonly env?: Readonly<Record<string, string>>; readonly behind?: string } = {},
): Promise<{
  readonly code: number;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}> {
  return new Promise((done, fail) => {
    const line = `set -o pipefail; "$0" "$@" ${behind}`;
    const child = spawn('bash', ['-c', line, process.execPath, CLI, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', fail);
    child.once('close', (code) => {
      const bytes = Buffer.concat(out);
      done({ code: code ?? 1, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}
