import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CoreStack } from '../../operations/core-stack.ts';
import { type Changes, estimateBucket } from '../../operations/cost/estimate-bucket.ts';
import type { Act } from '../command.ts';
import type { Buckets, Context } from '../context.ts';
import { costLines } from '../cost/cost-text.ts';
import { CommandError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { type CoveredOptions, coveredOptions, parseCovered } from '../sources/covered-argument.ts';
import { count } from '../text/format.ts';

type Options = CoveredOptions & {
  readonly changesPerDay?: Changes;
  readonly canary?: true;
  readonly acls?: true;
};

export function define(command: Command, act: Act): void {
  coveredOptions(command)
    .description(
      'Estimates what backing up a bucket costs: the first backup, each month, a full restore; how many requests, ' +
        'how long. Lists the bucket to find out (a request for every 1,000 keys) and changes nothing.',
    )
    .option('--changes-per-day <n|n%>', 'objects that are overwritten or deleted on a day (1%)', changes)
    .option('--canary', 'with a canary each hour, as holdfast protect --canary asks for')
    .option('--acls', 'with ACLs remembered, as holdfast protect --acls asks for')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast cost s3://photos',
          'holdfast cost s3://photos/2026/ --changes-per-day 500 --json',
        ],
        notes:
          'With a core stack its retention and classes are used, without one the defaults of the template. Prices ' +
          'are list prices of one region, without free tiers: docs/cli.md says which.',
      }),
    )
    .action(act(cost));
}

async function cost(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const { changesPerDay: changed, canary = false, acls = false } = options;
  const covered = parseCovered(uri, options);
  const { output } = context;
  context.onInterrupt('nothing was changed');
  const answer = await estimateBucket({ covered, changes: changed, canary, acls }, await reach(context), {
    onListed: (keys) => output.progress(`${count(keys)} keys listed`),
    onSample: (objects) => output.progress(`looking at ${objects} objects`),
  });
  output.answer(answer, () => costLines(answer));
  return EXIT.done;
}

/** The buckets, and the core stack if there is one: an estimate is what people want before they deploy it. */
async function reach(context: Context): Promise<Buckets & { readonly stack?: CoreStack }> {
  try {
    const { world, stack } = await context.connect('reading');
    return { store: world.store, region: stack.region, stack };
  } catch (error) {
    if (!(error instanceof CommandError) || error.kind !== 'no-stack') throw error;
    return context.connectBuckets();
  }
}

/** Reads `--changes-per-day`: `500`, `2.5%`. */
function changes(text: string): Changes {
  const [, digits = '', percent = ''] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '')
    throw new InvalidArgumentError(`"${text}" is neither a number of objects nor a share, as 2%.`);
  return percent === '%' ? { percent: number } : { objects: number };
}
