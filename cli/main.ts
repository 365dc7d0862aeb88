import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import type { Deps } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { machineZone } from './moments/machine-zone.ts';
import { progressOn } from './progress.ts';
import { runCli } from './run-cli.ts';

/** Runs the CLI as this process: the one place that knows of `process`. */
export async function main(): Promise<void> {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    // Who asks twice does not want to wait until everything is put away.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
  let readerGone: ExitCode = EXIT.done;
  // `holdfast ls | head`: nobody reads on, so there is nothing left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? readerGone : EXIT.failed);
  });
  process.stderr.on('error', () => {});
  const mustBeRead = () => {
    readerGone = EXIT.failed;
  };
  const code = await runCli(process.argv.slice(2), { ...processDeps(interrupt), mustBeRead });
  process.exitCode = code;
  // Whatever is still being asked of AWS has nobody left to answer.
  if (code === EXIT.interrupted) process.exit(code);
}

function processDeps(interrupt: AbortController): Omit<Deps, 'mustBeRead'> {
  const { stdin, stdout, stderr } = process;
  const hasPerson = stdin.isTTY === true && stderr.isTTY === true;
  return {
    stdout,
    stderr,
    progress: progressOn(stderr),
    // The AWS SDK takes a while to load; --help and usage errors do not wait for it.
    connect: async (options) => (await import('./connect.ts')).connect(options),
    connectBuckets: async (options) => (await import('./connect.ts')).connectBuckets(options),
    connectSite: async (options, place) => (await import('./connect-site.ts')).connectSite(options, place),
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
