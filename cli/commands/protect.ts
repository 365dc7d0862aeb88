import { registerSource } from '@holdfast/core/flows/register-source.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ReconcileMessage } from '@holdfast/core/model/messages.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import type { Protected } from '../json/protect.ts';
import type { Act } from '../registry.ts';
import { checkBucket, checkNotVault } from '../sources/bucket-argument.ts';
import { type CoveredOptions, coveredOptions, parseCovered } from '../sources/covered-argument.ts';
import { sourceStack } from '../sources/source-stack.ts';
import { Steps } from '../steps.ts';

type Options = CoveredOptions & { readonly initial: boolean; readonly wait?: true };
type Wanted = Omit<SourceSettings, 'protectedAt'> & { readonly bucket: string };

export function define(command: Command, act: Act): void {
  coveredOptions(command)
    .description(
      'Backs up a bucket from now on: deploys its own small stack, switches EventBridge on at the bucket (its other ' +
        'notifications stay), and begins the first reconcile, which copies what is there already.',
    )
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

function parseWanted(uri: string, options: Options): Wanted {
  const covered = parseCovered(uri, options);
  if (options.wait && !options.initial)
    throw new InvalidInputError('--wait waits for the first reconcile, which --no-initial leaves out');
  return { ...covered, source: sourceUri(covered.bucket) };
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
