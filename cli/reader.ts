import type { Unread } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

type Stdout = {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly isTTY?: boolean;
};

export type Reader = {
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
export function watchReader(
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
