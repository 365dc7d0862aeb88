import { Writable } from 'node:stream';
import type { Address } from '@holdfast/core/model/address.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import { checkRestoreWish, type RestoreWish } from '@holdfast/core/model/restore-request.ts';
import { sourceKey, type TargetMapping, targetKey } from '@holdfast/core/model/target-key.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { skewSeconds } from '../../operations/clock-skew.ts';
import { planJson } from '../../operations/restore/plan-json.ts';
import { checkHasCopies } from '../../operations/restore/restore-checks.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError, InterruptedError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { versionOrMoment } from '../jobs/job-text.ts';
import { checkReportFile } from '../jobs/save-report.ts';
import { checkArchivePath } from '../local/archive/archive-file.ts';
import { restoreToArchive } from '../local/archive/restore-to-archive.ts';
import { deleteBeyond } from '../local/delete-beyond.ts';
import { Fingerprints } from '../local/fingerprints.ts';
import { type Planned, type PlannedJob, planArchive, planFolder, type Scope } from '../local/folder-plan.ts';
import type { LocalResult, LocalWorld } from '../local/local-job.ts';
import { localExit, localLines } from '../local/local-text.ts';
import { checkFolder } from '../local/open-folder.ts';
import { restoreToFolder } from '../local/restore-to-folder.ts';
import { sameCommand } from '../local/same-command.ts';
import { noteMoment } from '../options.ts';
import type { Output } from '../output.ts';
import { noteBeside } from '../vault/note-beside.ts';
import { askFor, concerns } from './consent.ts';
import { planLines } from './plan-text.ts';
import { readingDocuments } from './reading-progress.ts';
import { type LocalRestore, localJobId, recordLocal } from './record-local.ts';
import { BUCKET_OPTIONS, type RestoreOptions, refuseAny, toWish } from './restore-options.ts';
import type { RestoreTarget } from './restore-target.ts';

type LocalTarget = Exclude<RestoreTarget, { kind: 'bucket' | 'source' }>;
type Task = {
  readonly target: LocalTarget;
  readonly options: RestoreOptions;
  /** As it was asked for. */
  readonly asked: object;
  readonly wish: RestoreWish & { readonly at: number };
  readonly job: PlannedJob;
  readonly world: LocalWorld;
  readonly context: Context;
  readonly connection: Connection;
  /** The command that goes on. */
  readonly again: string;
};

/** A restore into a folder or an archive of this machine: this process reads the vault itself. */
export async function restoreToLocal(
  uri: string,
  target: LocalTarget,
  options: RestoreOptions,
  context: Context,
): Promise<ExitCode> {
  refuseOptions(target, options);
  checkReportFile(options.report, true);
  const asked = await toWish(uri, options, context);
  const read = checkRestoreWish(asked, context.kinds.addresses);
  await checkTarget(target, context.output);
  const connection = await context.connect(options.dryRun ? 'reading' : 'writing');
  const wish = { ...read, at: read.at ?? connection.clock.start };
  if (read.at !== undefined) noteMoment(read.at, context, connection);
  if (wish.versionId === undefined) await noteBeside(wish, connection, context);
  const { history } = context.kinds.of(wish.source);
  const select = history.selectRepeatedly(wish, connection.world, { onProgress: readingDocuments(context) });
  await checkHasCopies(wish, select, connection, context);
  const task = taskOf(target, options, asked, wish, select, connection, context);
  const planned = await planIfAsked(task);
  if (options.dryRun && planned !== undefined) return tellPlan(task, planned.plan);
  if (planned !== undefined) await agree(task, planned.plan);
  return run(task, planned);
}

/** Options that mean something only where functions do the work, or nothing for such a target. */
function refuseOptions(target: LocalTarget, options: RestoreOptions): void {
  const archiveNot = target.kind === 'folder' ? [] : (['exact', 'overwrite', 'verify'] as const);
  const why: Partial<Record<keyof RestoreOptions, string>> = {
    verify: 'what goes into an archive is compared with its checksum on the way',
    exact: 'an archive has nothing but what is restored',
    overwrite: 'an archive is only written where none is',
    acls: 'folders and archives keep no ACLs',
    siteRegion: 'it is no WorkDocs site',
    roleArn: 'it is no WorkDocs site',
  };
  refuseAny(
    [...BUCKET_OPTIONS, 'siteRegion', 'roleArn', ...archiveNot],
    options,
    (name) => why[name] ?? 'it is for buckets, where functions do the work',
  );
}

/** Before anything is asked of AWS. */
async function checkTarget(target: LocalTarget, output: Output): Promise<void> {
  if (target.kind === 'folder') return checkFolder(target.path);
  if (target.path !== '-') return checkArchivePath(target.path);
  if (output.json)
    throw new InvalidInputError('--json and --to - exclude each other: both want standard output');
  if (output.isTerminal)
    throw new InvalidInputError(
      '--to - writes a tar to standard output, and that is a terminal: add | tar -x, or > file',
    );
}

function taskOf(
  target: LocalTarget,
  options: RestoreOptions,
  asked: object,
  wish: RestoreWish & { readonly at: number },
  select: () => AsyncIterable<Selected>,
  connection: Connection,
  context: Context,
): Task {
  const { clock } = connection.world;
  const { output, pause } = context;
  const mapping = { prefix: '', stripPrefix: wish.stripPrefix, map: wish.map };
  const job = {
    at: wish.at,
    folder: target.path,
    overwrite: wish.overwrite,
    verify: wish.verify,
    versionId: wish.versionId,
    select,
    keyFor: (key: string) => targetKey(mapping, key),
    ...(options.transfers === undefined ? {} : { transfers: options.transfers }),
    ...(wish.exact ? { exact: scopeOf(wish, mapping, context.kinds.addresses.of(wish.source)) } : {}),
  };
  const world = {
    reader: context.kinds.of(wish.source).history.reader(connection.world),
    clock,
    pause,
    // Until something is written, Ctrl+C just ends the command.
    signal: new AbortController().signal,
    progress: (text: string) => output.progress(text),
  };
  const since = wish.changedSince === undefined ? {} : { changedSince: formatMoment(wish.changedSince) };
  const again = sameCommand(context.argv, { at: wish.versionId ?? formatMoment(wish.at), ...since });
  return { target, options, asked, wish, job, world, context, connection, again };
}

/** Which keys an exact restore is about. */
function scopeOf(wish: RestoreWish, mapping: TargetMapping, { isUnder }: Address): Scope {
  const wanted = compileFilter(wish);
  return (key) => {
    const source = sourceKey(mapping, key) ?? '';
    return wanted(source) && isUnder(source, wish.prefix);
  };
}

async function planIfAsked({ target, options, wish, job, world }: Task): Promise<Planned | undefined> {
  const risky = wish.overwrite !== 'never' || wish.exact;
  if (!options.dryRun && !(risky && !(options.yes && !wish.exact))) return undefined;
  if (target.kind === 'folder') return planFolder(job, world);
  return { plan: await planArchive(job), shown: new Fingerprints() };
}

async function agree({ options, context }: Task, plan: RestorePlan): Promise<void> {
  // What has to be thawed is left out here, and reported.
  const risks = { ...plan, archived: {} };
  if (concerns(risks).length === 0) return;
  if (!context.output.json) context.output.lines(...planLines(plan), '');
  await askFor(risks, options.yes ?? false, context);
}

function tellPlan(task: Task, plan: RestorePlan): ExitCode {
  const { output } = task.context;
  if (task.target.path === '-') output.note([headingOf(task), '', ...planLines(plan)].join('\n'));
  else
    output.answer({ ...factsOf(task, plan), jobId: null, result: null }, () => [
      headingOf(task),
      '',
      ...planLines(plan),
      '',
      'nothing was done (--dry-run)',
    ]);
  return EXIT.done;
}

async function run(asked: Task, planned: Planned | undefined): Promise<ExitCode> {
  const task = { ...asked, world: { ...asked.world, signal: asked.context.ownInterrupt() } };
  const { target, world, context, connection } = task;
  const [id, startedAt] = [localJobId(connection, context), world.clock()];
  const result = await bring(task, planned);
  const done = { ...task, id, startedAt, path: target.path, result };
  tell(task, planned?.plan, done);
  await recordLocal(done, task.options, connection, context);
  if (result.ended === 'interrupted') throw new InterruptedError(`interrupted: ${goOn(task)}`);
  if (result.ended === 'disk-full')
    throw new CommandError(`the disk of "${target.path}" is full: make room; ${goOn(task)}`);
  return localExit(result);
}

function goOn({ target, again }: Task): string {
  return target.kind === 'folder'
    ? `what is finished stays, go on with: ${again}`
    : `nothing is left of the archive, begin again with: ${again}`;
}

/** Brings everything, and then deletes what an exact restore was shown to delete. */
async function bring(task: Task, planned: Planned | undefined): Promise<LocalResult> {
  const { exact } = task.job;
  if (exact === undefined || planned === undefined) return transfer(task);
  const { shown, plan } = planned;
  const mayGo = (path: string) => shown.has(path);
  const job = { ...task.job, mayGo, held: plan.held };
  const result = await transfer({ ...task, job });
  if (localExit(result) !== EXIT.done) return result;
  return deleteBeyond({ ...job, exact }, mayGo, result, task.world);
}

function transfer({ target, job, world, context }: Task): Promise<LocalResult> {
  if (target.kind === 'folder') return restoreToFolder(job, world);
  if (target.path !== '-') return restoreToArchive({ ...job, format: target.format, to: target.path }, world);
  context.whenUnread('fail');
  return restoreToArchive({ ...job, format: target.format, to: bytesTo(context.output) }, world);
}

/** Standard output as a stream that waits for its reader. */
function bytesTo(output: Output): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      output.bytes(chunk);
      output.drained().then(() => done(), done);
    },
  });
}

function tell(task: Task, plan: RestorePlan | undefined, { id: jobId, result }: LocalRestore): void {
  const { output } = task.context;
  const lines = [headingOf(task), ...localLines(result)];
  const { deleted } = result.counts;
  if (deleted > 0) lines.push(`${deleted} deleted that the restore did not bring`);
  lines.push(`  job ${jobId}`);
  // Standard output is the archive.
  if (task.target.path === '-') for (const line of lines) output.note(line);
  else {
    const { counts, problems, mapped, ended } = result;
    const goOn = ended === 'done' ? null : task.again;
    const answer = { ended, counts, problems, mapped, goOn };
    output.answer({ ...factsOf(task, plan), jobId, result: answer }, () => lines);
  }
}

function factsOf({ target, asked, wish, connection }: Task, plan: RestorePlan | undefined) {
  const kind = target.kind === 'folder' ? 'folder' : target.format;
  return {
    source: wish.source,
    at: formatMoment(wish.at),
    request: asked,
    target: { kind, path: target.path },
    plan: plan === undefined ? null : planJson(plan),
    clockSkewSeconds: skewSeconds(connection.clock),
  };
}

function headingOf({ wish, target }: Task): string {
  const where = target.path === '-' ? 'standard output' : target.path;
  return `restoring ${wish.source}/${wish.prefix} ${versionOrMoment(wish.versionId, formatMoment(wish.at))} to ${where}`;
}
