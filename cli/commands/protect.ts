import { registerSource } from '@holdfast/core/flows/register-source.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { parseSourceUri } from '@holdfast/core/model/source-place.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { isSiteUri } from '@holdfast/core/model/workdocs/site-uri.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import type { Protected } from '../json/protect.ts';
import type { Act } from '../registry.ts';
import { type CoveredOptions, coveredOptions } from '../sources/covered-argument.ts';
import { bucketProtection } from '../sources/protect-bucket.ts';
import { type SiteOptions, siteProtection } from '../sources/protect-site.ts';
import type { Protection } from '../sources/protection.ts';
import { Steps } from '../steps.ts';

type Options = CoveredOptions & SiteOptions & { readonly initial: boolean; readonly wait?: true };

export function define(command: Command, act: Act): void {
  coveredOptions(command, 's3://bucket[/prefix], or workdocs://d-1234567890[/user[/folder]]')
    .description(
      'Backs up a bucket or a WorkDocs site from now on. A bucket: deploys its own small stack, switches EventBridge on ' +
        'at it (its other notifications stay), and begins the first reconcile, which copies what is there already. A ' +
        'WorkDocs site: deploys its own small stack, by which its activities are polled, and begins the first crawl.',
    )
    .option('--site-region <region>', "WorkDocs: the site's region, if it is another than the stack's")
    .option('--role-arn <arn>', 'WorkDocs: a role to assume to read the site, of its account or another')
    .option('--user <query>', 'WorkDocs: only users that match, as WorkDocs searches for users')
    .option('--folder <path>', 'WorkDocs: only this folder and what is below it: user/folder')
    .option('--every <interval>', 'WorkDocs: how often activities are read: 1m, 5m, 1h (default: 5m)')
    .option('--no-initial', 'leave out the first reconcile: only what changes from now on is copied')
    .option('--wait', 'wait until the first reconcile is done')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast protect s3://photos --wait',
          "holdfast protect s3://logs/2026/ --exclude '**/*.tmp' --exclude '**/.cache/**'",
          'holdfast protect workdocs://d-1234567890 --role-arn arn:aws:iam::444455556666:role/workdocs-reader',
          'holdfast protect workdocs://d-1234567890 --site-region eu-west-1 --folder anna/Reports --every 1m',
        ],
        notes:
          "The prefix and the globs are about an object's key; of a WorkDocs site, about a path: user/folder/name.",
        exits: { 3: 'protected, but some objects could not be captured (with --wait)' },
      }),
    )
    .action(act(protect));
}

async function protect(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const protection = protectionOf(uri, options);
  const { source } = protection.settings;
  const connection = await context.connect('writing');
  await protection.check(connection);
  await checkNotProtected(source, connection);
  for (const warning of protection.warnings(connection.stack)) context.output.note(`warning: ${warning}`);
  await wire(protection, connection, context);
  const wired = { source, stack: sourceStackName(connection.stack.name, source) };
  return options.initial
    ? beginInitial(protection, wired, options, connection, context)
    : finish(wired, context);
}

function protectionOf(uri: string, options: Options): Protection {
  if (options.wait && !options.initial)
    throw new InvalidInputError('--wait waits for the first reconcile, which --no-initial leaves out');
  if (isSiteUri(uri)) return siteProtection(uri, options);
  parseSourceUri(uri);
  const { siteRegion, roleArn, user, folder, every } = options;
  const given = Object.entries({
    '--site-region': siteRegion,
    '--role-arn': roleArn,
    '--user': user,
    '--folder': folder,
    '--every': every,
  });
  const [misplaced] = given.find(([, value]) => value !== undefined) ?? [];
  if (misplaced !== undefined)
    throw new InvalidInputError(`${misplaced} is for WorkDocs sites, and "${uri}" is a bucket`);
  return bucketProtection(uri, options);
}

async function checkNotProtected(source: string, { world }: Connection): Promise<void> {
  const known = await world.catalog.getSource(source);
  if (known?.state !== 'protected') return;
  throw new InvalidInputError(
    `${source} is already protected: compare it now with holdfast reconcile ${source}, or, to protect it otherwise, ` +
      `holdfast unprotect ${source} first`,
  );
}

/** Every step is safe to repeat, so that the same command finishes what a first one left half done. */
async function wire(
  { settings, stack, wire }: Protection,
  connection: Connection,
  context: Context,
): Promise<void> {
  const { stacks, world } = connection;
  const steps = new Steps(`protect ${settings.source}`, context);
  const request = await stack(connection.stack);
  await steps.run('deploy its stack', `stack ${request.name}`, (say) => stacks.deploy(request, say));
  await wire(steps, connection);
  await steps.run('register it', 'registered', () =>
    registerSource(
      { ...settings, ...ownerOf(settings, connection), protectedAt: connection.clock.now() },
      world,
    ),
  );
}

/** A bucket that was checked is one of the stack's own account. */
function ownerOf(
  { source }: Protection['settings'],
  { stack: { account } }: Connection,
): { account?: string } {
  return isSiteUri(source) ? {} : { account };
}

type Wired = Pick<Protected, 'source' | 'stack'>;

function beginInitial(
  { first }: Protection,
  facts: Wired,
  { wait }: Options,
  connection: Connection,
  context: Context,
): Promise<ExitCode> {
  const jobId = newJobId('reconcile', connection, context);
  const telling = { jobId, facts, heading: headingOf(facts), wait: wait ?? false };
  return startJob({ ...telling, ...first(jobId) }, connection, context);
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
