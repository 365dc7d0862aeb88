import type { Command } from 'commander';
import { CommanderError } from 'commander';
import type { Deps } from './context.ts';
import { describeError, InterruptedError, type Trouble } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { visible, visibleJson } from './text/visible.ts';

/**
 * Runs one command line.
 *
 * @param argv without the names of node and the script
 * @returns what the process should end with; everything has been said by then
 */
export async function runCli(argv: readonly string[], deps: Deps): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  let hint = 'interrupted';
  let own = false;
  const program = buildProgram({
    deps,
    onExit: (exit) => {
      code = exit;
    },
    onInterruptHint: (text) => {
      hint = `interrupted: ${text}`;
    },
    onOwnInterrupt: () => {
      own = true;
    },
    argv,
  });
  try {
    await Promise.race([parse(program, argv), interrupted(deps.interrupt, () => (own ? undefined : hint))]);
    return code;
  } catch (error) {
    return fail(error, argv, deps);
  } finally {
    deps.progress.clear();
  }
}

/** `help <command>` and no words at all mean what people expect them to. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  const args = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  await program.parseAsync(args, { from: 'user' });
}

/** @param hint undefined when the command ends by itself */
function interrupted(signal: AbortSignal, hint: () => string | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => {
      const text = hint();
      if (text !== undefined) reject(new InterruptedError(text));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function fail(error: unknown, argv: readonly string[], deps: Deps): ExitCode {
  // Help and version were asked for, or shown because no command was named.
  if (error instanceof CommanderError && error.message.startsWith('(output')) {
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const trouble = describeError(error);
  tell(trouble, argv, deps);
  if (process.env['HOLDFAST_DEBUG'] && error instanceof Error) deps.stderr.write(`${error.stack}\n`);
  return trouble.exitCode;
}

function tell({ message, kind, exitCode }: Trouble, argv: readonly string[], deps: Deps): void {
  deps.progress.clear();
  deps.stderr.write(`holdfast: ${visible(message)}\n`);
  // A line that could not be parsed may still have asked for JSON.
  if (argv.includes('--json')) deps.stdout.write(`${visibleJson({ error: { kind, message, exitCode } })}\n`);
}
