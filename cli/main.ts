import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Deps } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { KINDS } from './kinds/all.ts';
import { machineZone } from './moments/machine-zone.ts';
import { progressOn } from './progress.ts';
import { watchReader } from './reader.ts';
import { runCli } from './run-cli.ts';
import { endOnSignals } from './signals.ts';

/** Runs the CLI as this process: the one place that knows of `process`. */
export async function main(): Promise<void> {
  const interrupt = new AbortController();
  const exit = (code: ExitCode) => process.exit(code);
  endOnSignals(
    process,
    interrupt,
    () => exit(EXIT.interrupted),
    () => performance.now(),
  );
  process.stderr.on('error', () => {});
  const { whenUnread, exitCode } = watchReader(process.stdout, exit, {
    ending: interrupt.signal,
    tell: (text) => void process.stderr.write(text),
  });
  const code = exitCode(await runCli(process.argv.slice(2), { ...processDeps(interrupt), whenUnread }));
  process.exitCode = code;
  // Whatever is still being asked of AWS has nobody left to answer.
  if (code === EXIT.interrupted) process.exit(code);
}

function processDeps(interrupt: AbortController): Omit<Deps, 'whenUnread'> {
  const { stdin, stdout, stderr } = process;
  const hasPerson = stdin.isTTY === true && stderr.isTTY === true;
  return {
    kinds: KINDS,
    jobKinds: JOBS,
    stdout,
    stderr,
    progress: progressOn(stderr),
    // The AWS SDK takes a while to load; --help and usage errors do not wait for it.
    connect: async (options) => (await import('./connect.ts')).connect(options),
    connectBuckets: async (options) => (await import('./connect.ts')).connectBuckets(options),
    connectSite: async (options, place) =>
      (await import('./kinds/workdocs/connect-site.ts')).connectSite(options, place),
    zone: machineZone,
    pause: async (ms) => setTimeout(ms),
    random: () => randomBytes(4).toString('hex'),
    ...(hasPerson ? { ask: (question: string) => ask(question, interrupt) } : {}),
    interrupt: interrupt.signal,
  };
}

async function ask(question: string, interrupt: AbortController): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // While it waits for a line, the prompt hears Ctrl+C in place of the process.
  prompt.on('SIGINT', () => {
    process.stderr.write('\n');
    interrupt.abort();
  });
  try {
    return await prompt.question(question);
  } finally {
    prompt.close();
  }
}
