import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** Turns a command's work into what commander calls: it gets a context, and its exit code is kept. */
export type Act = <Args extends unknown[]>(
  work: (context: Context, ...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

/** One command: its arguments, options and help, and what it does. */
export type CommandModule = { readonly define: (command: Command, act: Act) => void };
