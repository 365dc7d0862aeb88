import { HoldfastError, InvalidInputError, isStoreError, messageOf } from '@holdfast/core/model/errors.ts';
import { CommanderError } from 'commander';
import { describeAwsError } from './aws-errors.ts';
import type { ErrorKind } from './error-kinds.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** What went wrong, as it is told. */
export type Trouble = { readonly message: string; readonly kind: ErrorKind; readonly exitCode: ExitCode };

/** A command that could not do its work. The message is one line: the thing, the value, the way out. */
export class CommandError extends Error {
  readonly kind: ErrorKind;

  constructor(message: string, kind: ErrorKind = 'failed', options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CommandError';
    this.kind = kind;
  }
}

/** The person pressed Ctrl+C. What was sent goes on without the CLI. */
export class InterruptedError extends CommandError {
  constructor(message: string) {
    super(message, 'interrupted');
  }
}

/** Puts anything that was thrown into one line, and says how the process should end. */
export function describeError(error: unknown): Trouble {
  if (error instanceof CommanderError) return trouble(usageMessage(error), 'usage');
  if (error instanceof CommandError) return trouble(error.message, error.kind);
  if (error instanceof InvalidInputError) return trouble(error.message, 'input');
  const known = describeAwsError(error);
  if (known !== undefined && known.kind !== 'access-denied')
    return trouble(oneLine(known.message), known.kind);
  if (known !== undefined || isStoreError(error, 'access-denied')) return denied(error, known?.message);
  if (error instanceof HoldfastError) return trouble(error.message, 'failed');
  return trouble(unexpected(error), 'failed');
}

const EXIT_BY_KIND: Partial<Readonly<Record<ErrorKind, ExitCode>>> = {
  usage: EXIT.usage,
  input: EXIT.usage,
  interrupted: EXIT.interrupted,
};

function trouble(message: string, kind: ErrorKind): Trouble {
  return { message, kind, exitCode: EXIT_BY_KIND[kind] ?? EXIT.failed };
}

/** S3 itself says no more than "Access Denied"; the core knows what was asked of it. */
function denied(error: unknown, words = ''): Trouble {
  const message = error instanceof HoldfastError ? error.message : words;
  return trouble(`${oneLine(message)}: check the rights of your credentials`, 'access-denied');
}

function usageMessage({ message }: CommanderError): string {
  return `${oneLine(message.replace(/^error: /, ''))} (--help shows what there is)`;
}

function unexpected(error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${name}${oneLine(messageOf(error))} (HOLDFAST_DEBUG=1 shows where)`;
}

/** Libraries break their messages into lines. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
