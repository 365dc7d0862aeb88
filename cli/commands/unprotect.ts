import { unregisterSource } from '@holdfast/core/catalog/register-source.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { Command } from 'commander';
import type { Unprotected } from '../../operations/json/unprotect.ts';
import type { Act } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { KINDS } from '../kinds/all.ts';
import { WHOLE_HELP } from '../kinds/uri-help.ts';
import { parseSource } from '../sources/source-argument.ts';
import { Steps } from '../steps.ts';

type Options = { readonly yes?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Stops backing up a bucket or a site: deletes its small stack. What the vault holds of it stays.',
    )
    .argument('<uri>', WHOLE_HELP)
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      helpText({
        examples: ['holdfast unprotect s3://photos', 'holdfast unprotect s3://photos --yes --json'],
        notes:
          'EventBridge stays switched on at the bucket: other rules may use it, and without a rule it does nothing.',
      }),
    )
    .action(act(unprotect));
}

async function unprotect(context: Context, uri: string, { yes }: Options): Promise<ExitCode> {
  const source = parseSource(uri, context);
  const connection = await context.connect('writing');
  const stack = sourceStackName(connection.stack.name, source, ADDRESSES);
  await checkSomething(source, stack, connection);
  const question = `Stop backing up ${source}? What the vault holds of it stays.`;
  await confirm(question, yes ?? false, context);
  const steps = new Steps(`unprotect ${source}`, context);
  const removed = await steps.run('delete its stack', `stack ${stack} deleted`, (say) =>
    connection.stacks.remove(stack, say),
  );
  await steps.run('take it off the list', 'unregistered', () => unregisterSource(source, connection.world));
  const answer: Unprotected = {
    source,
    stack: removed ? stack : null,
    vault: connection.world.settings.vault,
  };
  context.output.answer(answer, () => [
    `${source} is no longer backed up; what the vault holds of it stays in s3://${answer.vault}`,
    ...KINDS.of(source).protection.stays,
  ]);
  return EXIT.done;
}

/** Either is enough: the stack of a half-done protect, or the row of a source whose stack somebody deleted. */
async function checkSomething(
  source: string,
  stack: string,
  { world, stacks, stack: core }: Connection,
): Promise<void> {
  const known = await world.catalog.getSource(source);
  if (known?.state === 'protected' || (await stacks.describe(stack)) !== undefined) return;
  throw new InvalidInputError(
    `${source} is not protected by the stack "${core.name}": holdfast sources shows what is`,
  );
}
