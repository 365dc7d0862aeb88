import { registerSource, renewSource } from '@holdfast/core/catalog/register-source.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import type { Ownership } from '@holdfast/core/model/acl.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { GLOB_SYNTAX } from '@holdfast/core/model/glob/earlier-meaning.ts';
import type { Source, SourceSettings } from '@holdfast/core/model/source.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { type Command, Option } from 'commander';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import type { Protected } from '../json/protect.ts';
import { ON_OFF } from '../options.ts';
import { aclLines, aclsSetting, ownershipOf } from '../sources/acls-setting.ts';
import { type CoveredOptions, coveredOptions } from '../sources/covered-argument.ts';
import { noneIsMeant } from '../sources/none-is-meant.ts';
import { type BucketOptions, bucketProtection } from '../sources/protect-bucket.ts';
import { type SiteOptions, siteProtection } from '../sources/protect-site.ts';
import type { Protection } from '../sources/protection.ts';
import { Steps } from '../steps.ts';
import { visibleKey } from '../text/visible.ts';

type Options = CoveredOptions &
  BucketOptions &
  SiteOptions & { readonly initial: boolean; readonly wait?: true };

export function define(command: Command, act: Act): void {
  coveredOptions(command, 's3://bucket[/prefix], or workdocs://d-1234567890[/user[/folder]]')
    .description(
      'Backs up a bucket or a WorkDocs site from now on. A bucket: deploys its own small stack, switches EventBridge on ' +
        'at it (its other notifications stay), and begins the first reconcile, which copies what is there already. A ' +
        'WorkDocs site: deploys its own small stack, by which its activities are polled, and begins the first crawl.',
    )
    .option(
      '--canary <uri>',
      'buckets: have a tiny object written at s3://bucket/prefix each hour, and read back from the vault: the lag is then ' +
        'proven; takes a right to write that one object',
    )
    .addOption(
      new Option(
        '--tags-changed <on|off>',
        'of a bucket: whether tags that change after the upload are captured, too (default: on)',
      ).choices(ON_OFF),
    )
    .option(
      '--acls',
      'of a bucket: remember the ACLs of its objects, where they are not the default one; takes the right to read them, and a request for each object that is captured',
    )
    .option('--site-region <region>', "WorkDocs: the site's region, if it is another than the stack's")
    .option('--role-arn <arn>', 'WorkDocs: a role to assume to read the site, of its account or another')
    .option('--user <query>', 'WorkDocs: only users that match, as WorkDocs searches for users')
    .option('--folder <path>', 'WorkDocs: only this folder and what is below it: user/folder')
    .option('--every <interval>', 'WorkDocs: how often activities are read: 1m, 5m, 1h (default: 5m)')
    .option('--no-initial', 'leave out the first reconcile: only what changes from now on is copied')
    .option('--wait', 'wait until the first reconcile is done, and the large copies that it began')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast protect s3://photos --wait',
          'holdfast protect s3://photos --canary s3://photos/.holdfast/',
          "holdfast protect s3://logs/2026/ --exclude '**/*.tmp' --exclude '**/.cache/**'",
          'holdfast protect s3://scanned --tags-changed off',
          'holdfast protect s3://public --acls',
          'holdfast protect workdocs://d-1234567890 --role-arn arn:aws:iam::444455556666:role/workdocs-reader',
          'holdfast protect workdocs://d-1234567890 --site-region eu-west-1 --folder anna/Reports --every 1m',
        ],
        notes:
          "The prefix and the globs are about an object's key; of a WorkDocs site, about a path: user/folder/name. The same " +
          'command again brings the stack of a source that is protected up to date, after an upgrade or with another canary; ' +
          'without --canary there is none from then on, and without --acls no ACL is remembered from then on.',
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
  const ownership = await ownershipOf(protection, connection);
  const known = await knownAs(protection, connection);
  const warnings = [
    ...protection.warnings(connection.stack),
    ...(await noneIsMeant(protection.settings, connection)),
  ];
  for (const warning of warnings) context.output.note(`warning: ${warning}`);
  await wire(protection, known, ownership, connection, context);
  const stack = sourceStackName(connection.stack.name, source, ADDRESSES);
  const wired = wiredAs(protection, known, ownership, stack);
  return options.initial
    ? beginInitial(protection, wired, options, connection, context)
    : finish(wired, context);
}

function protectionOf(uri: string, options: Options): Protection {
  if (options.wait && !options.initial)
    throw new InvalidInputError('--wait waits for the first reconcile, which --no-initial leaves out');
  if (isSiteUri(uri)) {
    if (options.tagsChanged !== undefined)
      throw new InvalidInputError(`--tags-changed is for buckets, and "${uri}" is a WorkDocs site`);
    if (options.acls !== undefined)
      throw new InvalidInputError(`--acls is for buckets, and "${uri}" is a WorkDocs site`);
    if (options.canary === undefined) return siteProtection(uri, options);
    throw new InvalidInputError(
      `--canary is for buckets, and "${uri}" is a WorkDocs site: its polls, each some minutes, tell how far it is captured`,
    );
  }
  ADDRESSES.parse(uri);
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

/**
 * The source as it is protected already, if it is.
 *
 * @throws {InvalidInputError} when it is protected otherwise
 */
async function knownAs({ settings }: Protection, { world }: Connection): Promise<Source | undefined> {
  const { source } = settings;
  const known = await world.catalog.getSource(source);
  if (known?.state !== 'protected') return undefined;
  if (covers(settings) === covers(known)) return known;
  throw new InvalidInputError(
    `${source} is already protected, with another prefix, other globs or as another site: compare it now with ` +
      `holdfast reconcile ${source}, or, to protect it otherwise, holdfast unprotect ${source} first`,
  );
}

/** What of a source cannot be changed while it is protected. */
function covers({ prefix, include = [], exclude = [], site = {} }: Protection['settings']): string {
  const { region, roleArn, users } = site;
  return JSON.stringify([prefix, include, exclude, region, roleArn, users]);
}

/** Every step is safe to repeat, so that the same command finishes what a first one left half done. */
async function wire(
  protection: Protection,
  known: Source | undefined,
  ownership: Ownership | undefined,
  connection: Connection,
  context: Context,
): Promise<void> {
  const { stacks, world, clock } = connection;
  const steps = new Steps(`protect ${protection.settings.source}`, context);
  const request = await protection.stack(connection.stack);
  await steps.run('deploy its stack', `stack ${request.name}`, (say) => stacks.deploy(request, say));
  await protection.wire(steps, connection);
  const settings = {
    ...protection.settings,
    ...ownerOf(protection.settings, connection),
    globSyntax: GLOB_SYNTAX,
    ...watchedFrom(protection, clock.now()),
    ...aclsSetting(protection.acls ?? false, known, clock.now()),
    ...defined({ ownership }),
  };
  await steps.run('register it', 'registered', () =>
    known === undefined
      ? registerSource({ ...settings, protectedAt: clock.now() }, world)
      : renewSource(settings, known, world),
  );
}

/** A bucket that was checked is one of the stack's own account. */
function ownerOf(
  { source }: Protection['settings'],
  { stack: { account } }: Connection,
): { account?: string } {
  return isSiteUri(source) ? {} : { account };
}

function watchedFrom(
  { watched }: Protection,
  since: number,
): Pick<SourceSettings, 'watchedSince' | 'canary'> {
  if (watched === undefined) return {};
  const { canaryKey: key } = watched;
  return { watchedSince: since, ...defined({ canary: key === undefined ? undefined : { key, since } }) };
}

type Wired = Pick<Protected, 'source' | 'stack' | 'renewed' | 'canary' | 'acls'>;

function wiredAs(
  { settings, watched }: Protection,
  known: Source | undefined,
  ownership: Ownership | undefined,
  stack: string,
): Wired {
  const { source } = settings;
  const key = watched?.canaryKey;
  const canary = key === undefined ? null : `${source}/${key}`;
  return { source, stack, renewed: known !== undefined, canary, acls: ownership ?? null };
}

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

function headingOf({ source, stack, renewed, canary, acls }: Wired): string[] {
  return [
    renewed ? `${source} stays protected; its stack is up to date` : `${source} is protected from now on`,
    `  stack ${stack}`,
    ...(canary === null ? [] : [`  canary ${visibleKey(canary)}, written each hour`]),
    ...aclLines(source, acls),
  ];
}
