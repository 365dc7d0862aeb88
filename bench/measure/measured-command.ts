import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../scripts/lib/run.ts';

const MEASURE = resolve(import.meta.dirname, 'measure.py');

/** What a command took, its own child processes included. */
export type CommandUse = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly output: string;
};

export type Command = {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
};

/** Runs a command to its end. @throws when it ends with anything but 0 */
export async function measureCommand({ argv, env }: Command, python: string): Promise<CommandUse> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const file = join(folder, 'use.json');
  try {
    const { code, output } = await run(python, [MEASURE, file, ...argv], { env });
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${output.trim().slice(-1000)}`);
    return { ...(JSON.parse(await readFile(file, 'utf8')) as Omit<CommandUse, 'output'>), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
