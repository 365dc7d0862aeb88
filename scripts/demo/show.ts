import { setTimeout as pause } from 'node:timers/promises';
import { holdfast } from './holdfast.ts';

export function heading(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a command as a person would, and shows it. @throws when it ends with another exit code than is expected */
export async function must(args: readonly string[], env: NodeJS.ProcessEnv, expected = 0): Promise<void> {
  say(`$ holdfast ${args.join(' ')}`);
  const code = await holdfast(args, env);
  if (code !== expected) throw new Error(`"holdfast ${args[0]}" ended with exit code ${code}`);
}

/** The vault's times have whole seconds: a moment that shall divide before from after lies between two of them. */
export async function nextWholeSecond(): Promise<string> {
  const moment = new Date();
  await pause(1000 - moment.getMilliseconds() + 20);
  return moment.toISOString();
}
