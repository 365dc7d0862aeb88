import { registerSource } from '@holdfast/core/flows/register-source.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { checkGlob } from '@holdfast/core/model/filter.ts';
import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { parseBucketUri, sourceUri } from '@holdfast/core/model/source-uri.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import type { Protected } from '../json/protect.ts';
import { repeatable } from '../options.ts';
import type { Act } from '../registry.ts';
import { checkBucket, checkNotVault } from '../sources/bucket-argument.ts';
import { sourceStack } from '../sources/source-stack.ts';
import { Steps } from '../steps.ts';

type Options = {
  readonly prefix?: string;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly initial: boolean;
  readonly wait?: true;
};
type Wanted = Omit<SourceSettings, 'protectedAt'> & { readonly bucket: string };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Backs up a bucket from now on: deploys its own small stack, switches EventBridge on at the bucket (its other ' +
        'notifications stay), and begins the first reconcile, which copies what is there already.',
    )
    .argument('<uri>', 's3://bucket, or s3://bucket/prefix')
    .option('--prefix <prefix>', 'only keys that begin so')
    .option('--include <glob>', 'only keys that match; can be repeated', repeatable)
    .option('--exclude <glob>', 'no keys that match; wins over --include; can be repeated', repeatable)
    .option('--no-initial', 'leave out the first reconcile: only what changes from now on is copied')
    .option('--wait', 'wait until the first reconcile is done')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast protect s3://photos --wait',
          "holdfast protect s3://logs/2026/ --exclude '**/*.tmp' --exclude '**/.cache/**'",
        ],
        exits: { 3: 'protected, but some objects could not be captured (with --wait)' },
      }),
    )
    .action(act(protect));
}

async function protect(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const wanted = parseWanted(uri, options);
  const connection = await context.connect();
  checkNotVault(wanted.bucket, connection);
  await checkBucket(wanted.bucket, connection);
  await checkNotProtected(wanted.source, connection);
  await wire(wanted, connection, context);
  const facts = { source: wanted.source, stack: sourceStackName(connection.stack.name, wanted.bucket) };
  return options.initial ? beginInitial(facts, options, connection, context) : finish(facts, context);
}

function parseWanted(uri: string, { prefix, include = [], exclude = [], initial, wait }: Options): Wanted {
  const parsed = parseBucketUri(uri);
  if (parsed.prefix !== '' && prefix !== undefined) {
    throw new InvalidInputError(`the prefix is given twice: in "${uri}" and as --prefix "${prefix}"`);
  }
  if (wait && !initial)
    throw new InvalidInputError('--wait waits for the first reconcile, which --no-initial leaves out');
  for (const glob of [...include, ...exclude]) checkGlob(glob);
  const covered = prefix ?? parsed.prefix;
  return {
    bucket: parsed.bucket,
    source: sourceUri(parsed.bucket),
    ...(covered === '' ? {} : { prefix: covered }),
    ...(include.length === 0 ? {} : { include }),
    ...(exclude.length === 0 ? {} : { exclude }),
  };
}

async function checkNotProtected(source: string, { world }: Connection): Promise<void> {
  const known = await world.catalog.getSource(source);
  if (known?.state !== 'protected') return;
  throw new InvalidInputError(
    `${source} is already protected: compare it now with holdfast reconcile ${source}, or, to protect other keys of ` +
      `it, holdfast unprotect ${source} first`,
  );
}

/** Every step is safe to repeat, so that the same command finishes what a first one left half done. */
async function wire(wanted: Wanted, { stack, stacks, world }: Connection, context: Context): Promise<void> {
  const { bucket, ...settings } = wanted;
  const steps = new Steps(`protect ${wanted.source}`, context);
  const request = await sourceStack(bucket, wanted.prefix ?? '', stack);
  await steps.run('deploy its stack', `stack ${request.name}`, (say) => stacks.deploy(request, say));
  await steps.run('switch EventBridge on at the bucket', 'EventBridge switched on', () =>
    world.wiring.connect(bucket),
  );
  await steps.run('register it', 'registered', () =>
    registerSource({ ...settings, protectedAt: context.clock() }, world),
  );
}

type Wired = Pick<Protected, 'source' | 'stack'>;

function beginInitial(
  facts: Wired,
  { wait }: Options,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const jobId = newJobId('reconcile', context);
  const message: ReconcileMessage = { kind: 'reconcile', source: facts.source, trigger: 'protect', jobId };
  const telling = { jobId, facts, heading: headingOf(facts), wait: wait ?? false };
  return startJob({ ...telling, queue: 'reconcile', message }, connection, context);
}

function finish(wired: Wired, { output }: Context): ExitCode {
  const answer: Protected = { ...wired, jobId: null, result: null };
  output.answer(answer, () => [
    ...headingOf(wired),
    `  what is there already is copied by: holdfast reconcile ${wired.source}`,
  ]);
  return EXIT.done;
}

function headingOf({ source, stack }: Wired): string[] {
  return [`${source} is protected from now on`, `  stack ${stack}`];
}
