import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Context } from './context.ts';
import { CommandError } from './errors.ts';
import { visible } from './text/visible.ts';

/**
 * Goes on only when a person says yes, or said so beforehand with `--yes`.
 *
 * @throws {InvalidInputError} when nobody is there to ask
 * @throws {CommandError} when the answer is no
 */
export async function confirm(question: string, yes: boolean, { ask }: Pick<Context, 'ask'>): Promise<void> {
  if (yes) return;
  if (ask === undefined) {
    throw new InvalidInputError(`${question} Nobody is there to answer: say --yes if that is what you want`);
  }
  const answer = await ask(visible(`${question} [y/N] `));
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('not confirmed; nothing was changed');
}
