import { checksums } from '@holdfast/core/aws/checksums.ts';
import { decodePart } from '@holdfast/core/kinds/workdocs/model/site-path.ts';
import { isSiteUri, parseSiteUri, siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { planIntoSite } from '@holdfast/core/kinds/workdocs/restore-into/plan-into-site.ts';
import { restoreIntoSite } from '@holdfast/core/kinds/workdocs/restore-into/restore-into-site.ts';
import type {
  ThingOutcome,
  ThingToRestore,
} from '@holdfast/core/kinds/workdocs/restore-into/thing-to-restore.ts';
import {
  type SelectedThing,
  selectThings,
} from '@holdfast/core/kinds/workdocs/restore-into/things-to-restore.ts';
import { isSiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError, messageOf } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import { checkRestoreWish, type RestoreWish } from '@holdfast/core/model/restore-request.ts';
import { targetKey } from '@holdfast/core/model/target-key.ts';
import { skewSeconds } from '../../../operations/clock-skew.ts';
import { planJson } from '../../../operations/restore/plan-json.ts';
import { checkHasCopies } from '../../../operations/restore/restore-checks.ts';
import { confirm } from '../../confirm.ts';
import type { Connection, Context } from '../../context.ts';
import { CommandError, InterruptedError } from '../../errors.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { versionOrMoment } from '../../jobs/job-text.ts';
import { checkReportFile } from '../../jobs/save-report.ts';
import type { LocalResult } from '../../local/local-job.ts';
import { LocalPlan } from '../../local/local-plan.ts';
import { localExit, localLines } from '../../local/local-text.ts';
import { sameCommand } from '../../local/same-command.ts';
import { Tally } from '../../local/tally.ts';
import { noteMoment } from '../../options.ts';
import { planLines } from '../../restore/plan-text.ts';
import { readingDocuments } from '../../restore/reading-progress.ts';
import { localJobId, recordLocal } from '../../restore/record-local.ts';
import { BUCKET_OPTIONS, type RestoreOptions, refuseAny, toWish } from '../../restore/restore-options.ts';
import { count } from '../../text/format.ts';
import type { SitePlace, WritableSite } from './writable-site.ts';

type Task = {
  readonly to: string;
  readonly options: RestoreOptions;
  readonly asked: object;
  readonly wish: RestoreWish & { readonly at: number };
  readonly select: () => AsyncGenerator<SelectedThing>;
  readonly connection: Connection;
  readonly context: Context;
};

/** A restore into a WorkDocs site: this process uploads what the vault has. */
export async function restoreToSite(
  uri: string,
  to: string,
  options: RestoreOptions,
  context: Context,
): Promise<ExitCode> {
  refuseOptions(uri, options);
  checkReportFile(options.report, true);
  parseSiteUri(to);
  const asked = await toWish(uri, options, context);
  const read = checkRestoreWish(asked, context.kinds.addresses);
  const connection = await context.connect(options.dryRun ? 'reading' : 'writing');
  const wish = { ...read, at: read.at ?? connection.clock.start };
  if (read.at !== undefined) noteMoment(read.at, context, connection);
  const select = selectThings(wish, (key) => targetKey(mappingOf(wish), key), connection.world, {
    onProgress: readingDocuments(context),
  });
  await checkHasCopies(wish, select, connection, context);
  const task = { to, options, asked, wish, select, connection, context };
  if (options.dryRun) return tellPlan(task);
  if (wish.overwrite !== 'never')
    await confirm(
      `This may put a new version on documents of ${to} that differ. Go on?`,
      options.yes ?? false,
      context,
    );
  return run(task);
}

/** What means something elsewhere only. */
function refuseOptions(uri: string, options: RestoreOptions): void {
  if (!isSiteUri(uri))
    throw new InvalidInputError(
      `"${uri}" is no WorkDocs site, and only such can be restored into one: name a bucket, a folder or an archive with --to`,
    );
  refuseAny(
    [...BUCKET_OPTIONS, 'exact', 'verify', 'sidecars'],
    options,
    () => 'a WorkDocs site takes documents and folders alone',
  );
}

function mappingOf({ stripPrefix, map }: RestoreWish) {
  return { prefix: '', stripPrefix, map };
}

async function tellPlan(task: Task): Promise<ExitCode> {
  const { wish, select, context } = task;
  const { target, how } = await targetOf(task);
  const counted = new LocalPlan(wish.at, false);
  let looked = 0;
  for await (const { selected, decision } of planIntoSite(select(), target, how)) {
    counted.add(selected, decision);
    context.output.progress(`${count(++looked)} compared`);
  }
  const plan = counted.plan(1);
  context.output.answer({ ...factsOf(task), jobId: null, plan: planJson(plan), result: null }, () => [
    headingOf(task),
    '',
    ...planLines(plan),
    '',
    `compared with what ${task.to} has now: what an earlier run began is new, and gone on with`,
    'nothing was done (--dry-run)',
  ]);
  return EXIT.done;
}

async function run(task: Task): Promise<ExitCode> {
  const { to, options, wish, connection, context } = task;
  const { output, argv } = context;
  const [id, startedAt] = [localJobId(connection, context), connection.clock.now()];
  const since = wish.changedSince === undefined ? {} : { changedSince: formatMoment(wish.changedSince) };
  const again = sameCommand(argv, { at: wish.versionId ?? formatMoment(wish.at), ...since });
  const result = await upload(task, context.ownInterrupt());
  const done = { id, wish, path: to, result, startedAt, again };
  const { counts, problems, mapped, ended } = result;
  const goOn = ended === 'done' ? null : again;
  const answer = { ended, counts, problems, mapped, goOn };
  output.answer({ ...factsOf(task), jobId: id, plan: null, result: answer }, () => [
    headingOf(task),
    ...localLines(result),
    `  job ${id}`,
  ]);
  await recordLocal(done, options, connection, context);
  if (ended === 'interrupted')
    throw new InterruptedError(`interrupted: what is finished stays, go on with: ${again}`);
  return localExit(result);
}

/** The site, where it can be reached, and what is done to it. */
async function targetOf({ to, options, wish, connection, context }: Task) {
  const { site, path } = parseSiteUri(to);
  const target = await context.connectSite(await placeOf(siteUri(site), options, connection));
  await checkReach(target, to);
  const into = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  const how = { into, overwrite: wish.overwrite, ...defined({ concurrency: options.transfers }) };
  return { target, how };
}

async function upload(task: Task, signal: AbortSignal): Promise<LocalResult> {
  const { connection, context } = task;
  const { store, settings } = connection.world;
  const { target, how } = await targetOf(task);
  const tally = new Tally();
  const keys = new Map<ThingToRestore, string>();
  const outcomes = restoreIntoSite(
    things(task, keys, tally, signal),
    { target, store, vault: settings.vault, checksums },
    how,
  );
  for await (const outcome of outcomes) {
    note(outcome, keys.get(outcome.thing) ?? '', tally);
    keys.delete(outcome.thing);
    context.output.progress(`${count(tally.counts.restored + tally.counts.right)} done`);
  }
  return tally.result(signal.aborted ? 'interrupted' : 'done');
}

/** What refuses everything is told of once, and not of each document. @throws {CommandError} */
async function checkReach(target: WritableSite, to: string): Promise<void> {
  try {
    await target.users({});
  } catch (cause) {
    const message =
      `${to} cannot be restored into: ${messageOf(cause)}; --role-arn names a role that may write to it, --site-region where ` +
      'it is';
    throw new CommandError(message, isSiteError(cause, 'access-denied') ? 'access-denied' : 'failed', {
      cause,
    });
  }
}

/** Where a protected site is, the catalog knows; by which role it may be written to, only the command. */
async function placeOf(
  source: string,
  { siteRegion, roleArn }: RestoreOptions,
  { world }: Connection,
): Promise<SitePlace> {
  const region = siteRegion ?? (await world.catalog.getSource(source))?.site?.region;
  return { source, site: defined({ region, roleArn }) };
}

/** What is selected, until it is interrupted; what the vault has not is counted. */
async function* things(
  { select }: Task,
  keys: Map<ThingToRestore, string>,
  tally: Tally,
  signal: AbortSignal,
): AsyncGenerator<ThingToRestore> {
  for await (const selected of select()) {
    if (signal.aborted) return;
    const { key, lacking, version } = selected;
    tally.planned(version.size);
    const thing = await selected.thing?.().catch((error: unknown) => messageOf(error));
    if (thing === undefined || typeof thing === 'string') {
      tally.problem('failed', { key, reason: 'not-in-vault', ...defined({ detail: thing ?? lacking }) });
      continue;
    }
    tally.noteLack(selected);
    keys.set(thing, key);
    yield thing;
  }
}

function note({ result, bytes, detail }: ThingOutcome, key: string, tally: Tally): void {
  if (result === 'right') tally.right();
  else if (result === 'restored') tally.restored(bytes, true);
  else
    tally.problem(result === 'conflict' ? 'conflicts' : 'failed', {
      ...{ key, reason: result },
      ...defined({ detail }),
    });
}

function factsOf({ to, asked, wish, connection }: Task) {
  return {
    source: wish.source,
    at: formatMoment(wish.at),
    request: asked,
    target: { kind: 'site' as const, path: to },
    clockSkewSeconds: skewSeconds(connection.clock),
  };
}

function headingOf({ to, wish }: Task): string {
  return `restoring ${wish.source}/${wish.prefix} ${versionOrMoment(wish.versionId, formatMoment(wish.at))} to ${to}`;
}
