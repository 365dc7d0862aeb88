import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Run } from '../../../scripts/lib/run.ts';

/** A directory of its own for one test, removed after it. */
export async function givenDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-scripts-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

type Answer = { code?: number; output?: string };

/** A `Run` that starts nothing: it answers from a function and remembers what it was asked, as command lines. */
export function givenRun(answer: (line: string) => Answer | undefined): { run: Run; lines: string[] } {
  const lines: string[] = [];
  const run: Run = async (command, args) => {
    const line = [command, ...args].join(' ');
    lines.push(line);
    return { code: 0, output: '', ...answer(line) };
  };
  return { run, lines };
}
