import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Deps, Unread } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { KINDS } from './kinds/all.ts';
import { machineZone } from './moments/machine-zone.ts';
import { progressOn } from './progress.ts';
import { runCli } from './run-cli.ts';

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

type Stdout = {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly isTTY?: boolean;
};

type Reader = {
  /** From now on, this is what becomes of the command when nobody reads standard output to its end. */
  readonly whenUnread: (then: Unread) => void;
  /** What the process ends with, when the command ended with `code`. */
  readonly exitCode: (code: ExitCode) => ExitCode;
};

/**
 * Whoever reads standard output may stop (`holdfast ls | head`): then there is nothing left to do for a command that only
 * answers. One that works goes on without a word, and its exit code says how that went. What cannot be written for
 * another reason (a full disk) is told.
 */
function watchReader(
  stdout: Stdout,
  exit: (code: ExitCode) => void,
  options: { readonly ending: AbortSignal; readonly tell: (text: string) => void },
): Reader {
  let then: Unread = 'end';
  let broken = false;
  stdout.on('error', (error) => {
    const isUnread = isGone(error, stdout);
    if (!isUnread && !broken) options.tell(`holdfast: standard output cannot be written: ${error.message}\n`);
    broken ||= !isUnread;
    // What is being put away, for Ctrl+C or a closed terminal, is put away.
    if (options.ending.aborted || then === 'go-on') return;
    exit(isUnread && then === 'end' ? EXIT.done : EXIT.failed);
  });
  return {
    whenUnread: (unread) => {
      then = unread;
    },
    exitCode: (code) => (broken && code === EXIT.done ? EXIT.failed : code),
  };
}

/** A terminal that was closed says EIO. */
function isGone({ code }: NodeJS.ErrnoException, { isTTY = false }: Stdout): boolean {
  return code === 'EPIPE' || (isTTY && code === 'EIO');
}

/** What ends a command from outside: Ctrl+C, `kill` or a shutdown, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npx passes a Ctrl+C on that the terminal has sent already, and `timeout` sends its signal twice: that is one. */
const ANEW_MS = 1_000;

type Signalled = { on(signal: NodeJS.Signals, listener: () => void): unknown };

/**
 * Ends what runs when this process is told to: what is being written is put away first.
 *
 * @param exit who presses Ctrl+C once more does not want to wait for that
 * @param clock ms, by a clock that nobody sets
 */
function endOnSignals(
  process: Signalled,
  interrupt: AbortController,
  exit: () => void,
  clock: () => number,
): void {
  let endedAt = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!interrupt.signal.aborted) {
        endedAt = clock();
        interrupt.abort();
      } else if (signal === 'SIGINT' && clock() - endedAt >= ANEW_MS) exit();
    });
  }
}
