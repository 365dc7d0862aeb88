import { registerSource, renewSource } from '@holdfast/core/catalog/register-source.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import type { Ownership } from '@holdfast/core/model/acl.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { GLOB_SYNTAX } from '@holdfast/core/model/glob/earlier-meaning.ts';
import type { Source, SourceSettings } from '@holdfast/core/model/source.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { Command } from 'commander';
import type { Protected } from '../../operations/json/protect.ts';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { newJobId, startJob } from '../jobs/start-job.ts';
import { KINDS } from '../kinds/all.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Protection, ProtectOptions } from '../kinds/protection.ts';
import { PROTECT_HELP } from '../kinds/uri-help.ts';
import { aclLines, aclsSetting, ownershipOf } from '../sources/acls-setting.ts';
import { coveredOptions } from '../sources/covered-argument.ts';
import { Steps } from '../steps.ts';
import { visibleKey } from '../text/visible.ts';
import { explainVault } from '../vault/explain-vault.ts';

type Options = ProtectOptions & { readonly initial: boolean; readonly wait?: true };

export function define(command: Command, act: Act): void {
  coveredOptions(command, PROTECT_HELP).description(
    'Backs up a bucket or a WorkDocs site from now on. A bucket: deploys its own small stack, switches EventBridge on ' +
      'at it (its other notifications stay), and begins the first reconcile, which copies what is there already. A ' +
      'WorkDocs site: deploys its own small stack, by which its activities are polled, and begins the first crawl.',
  );
  for (const option of KINDS.all.flatMap(({ protection }) => protection.options())) command.addOption(option);
  command
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
  for (const warning of await protection.warnings(connection)) context.output.note(`warning: ${warning}`);
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
  const { source } = ADDRESSES.parse(uri);
  const kind = KINDS.of(source);
  for (const other of KINDS.all) if (other !== kind) refuseOptionsOf(other, kind, uri, options);
  return kind.protection.of(uri, options);
}

/** @throws {InvalidInputError} naming the first option that is for another kind of source */
function refuseOptionsOf(other: Kind, { nouns, protection }: Kind, uri: string, options: Options): void {
  const given = other.protection.options().find((option) => options[option.attributeName()] !== undefined);
  if (given === undefined) return;
  const more = protection.refusals[given.attributeName()];
  throw new InvalidInputError(
    `${given.long} is for ${other.address.containers}, and "${uri}" is ${nouns.one}${more === undefined ? '' : `: ${more}`}`,
  );
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
    ...(protection.ownAccount ? { account: connection.stack.account } : {}),
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
  await explainVault(connection, context);
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
