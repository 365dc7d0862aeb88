import { Writable } from 'node:stream';
import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import { selectRepeatedly } from '@holdfast/core/flows/restore/select-repeatedly.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { RestorePlan } from '@holdfast/core/model/restore-plan.ts';
import { checkRestoreWish, type RestoreWish } from '@holdfast/core/model/restore-request.ts';
import { sourceKey, type TargetMapping, targetKey } from '@holdfast/core/model/target-key.ts';
import { isWithin } from '@holdfast/core/model/workdocs/site-path.ts';
import { isSiteUri } from '@holdfast/core/model/workdocs/site-uri.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError, InterruptedError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { versionOrMoment } from '../jobs/job-text.ts';
import { checkReportFile } from '../jobs/save-report.ts';
import { checkArchivePath } from '../local/archive/archive-file.ts';
import { restoreToArchive } from '../local/archive/restore-to-archive.ts';
import { deleteExtras, planArchive, planFolder, type Scope } from '../local/folder-plan.ts';
import type { LocalResult, LocalWorld } from '../local/local-job.ts';
import { localExit, localLines } from '../local/local-text.ts';
import { checkFolder } from '../local/open-folder.ts';
import { type FolderJob, restoreToFolder } from '../local/restore-to-folder.ts';
import { sameCommand } from '../local/same-command.ts';
import { noteMoment } from '../options.ts';
import type { Output } from '../output.ts';
import { skewSeconds } from '../time/clock-skew.ts';
import { noteBeside } from '../vault/note-beside.ts';
import { askFor, concerns } from './consent.ts';
import { planJson, planLines } from './plan-text.ts';
import { readingDocuments } from './reading-progress.ts';
import { type LocalRestore, localJobId, recordLocal } from './record-local.ts';
import { checkHasCopies } from './restore-checks.ts';
import { type RestoreOptions, toWish } from './restore-options.ts';
import type { RestoreTarget } from './restore-target.ts';

type LocalTarget = Exclude<RestoreTarget, { kind: 'bucket' | 'site' }>;
type Task = {
  readonly target: LocalTarget;
  readonly options: RestoreOptions;
  /** As it was asked for. */
  readonly asked: object;
  readonly wish: RestoreWish & { readonly at: number };
  readonly job: FolderJob & { readonly at: number; readonly exact?: Scope };
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
  const read = checkRestoreWish(asked);
  await checkTarget(target, context.output);
  const connection = await context.connect(options.dryRun ? 'reading' : 'writing');
  const wish = { ...read, at: read.at ?? connection.clock.start };
  if (read.at !== undefined) noteMoment(read.at, context, connection);
  if (wish.versionId === undefined) await noteBeside(wish, connection, context);
  const select = selectRepeatedly(wish, connection.world, { onProgress: readingDocuments(context) });
  await checkHasCopies(wish, select, connection);
  const task = taskOf(target, options, asked, wish, select, connection, context);
  const plan = await planIfAsked(task);
  if (options.dryRun && plan !== undefined) return tellPlan(task, plan);
  if (plan !== undefined) await agree(task, plan);
  return run(task, plan);
}

/** Options that mean something only where functions do the work, or nothing for such a target. */
function refuseOptions(target: LocalTarget, options: RestoreOptions): void {
  const bucketOnly = (
    ['wait', 'jobId', 'tier', 'days', 'storageClass', 'targetAccount', 'siteRegion', 'roleArn'] as const
  ).filter((name) => options[name] !== undefined);
  const archiveNot = target.kind === 'folder' ? [] : (['exact', 'overwrite', 'verify'] as const);
  const [refused] = [...bucketOnly, ...archiveNot.filter((name) => options[name] !== undefined)];
  if (refused === undefined) return;
  const name = `--${refused.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
  const why: Partial<Record<keyof RestoreOptions, string>> = {
    verify: 'what goes into an archive is compared with its checksum on the way',
    exact: 'an archive has nothing but what is restored',
    overwrite: 'an archive is only written where none is',
    siteRegion: 'it is no WorkDocs site',
    roleArn: 'it is no WorkDocs site',
  };
  throw new InvalidInputError(
    `${name} is not for this target: ${why[refused] ?? 'it is for buckets, where functions do the work'}`,
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
  const { store, settings, clock } = connection.world;
  const { output, pause } = context;
  const mapping = { prefix: '', stripPrefix: wish.stripPrefix, map: wish.map };
  const job = {
    at: wish.at,
    folder: target.path,
    overwrite: wish.overwrite,
    verify: wish.verify,
    select,
    keyFor: (key: string) => targetKey(mapping, key),
    ...(options.transfers === undefined ? {} : { transfers: options.transfers }),
    ...(wish.exact ? { exact: scopeOf(wish, mapping) } : {}),
  };
  const world = {
    store,
    vault: settings.vault,
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
function scopeOf(wish: RestoreWish, mapping: TargetMapping): Scope {
  const wanted = compileFilter(wish);
  const isInside = (key: string) => !isSiteUri(wish.source) || isWithin(key, wish.prefix);
  return (key) => {
    const source = sourceKey(mapping, key) ?? '';
    return wanted(source) && isInside(source);
  };
}

async function planIfAsked({ target, options, wish, job, world }: Task): Promise<RestorePlan | undefined> {
  const risky = wish.overwrite !== 'never' || wish.exact;
  if (!options.dryRun && !(risky && !(options.yes && !wish.exact))) return undefined;
  return target.kind === 'folder' ? planFolder(job, world) : planArchive(job);
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

async function run(planned: Task, plan: RestorePlan | undefined): Promise<ExitCode> {
  const task = { ...planned, world: { ...planned.world, signal: planned.context.ownInterrupt() } };
  const { target, job, world, context } = task;
  const [id, startedAt] = [localJobId(task.connection, context), world.clock()];
  const transferred = await transfer(task);
  const deleted =
    job.exact !== undefined && localExit(transferred) === EXIT.done
      ? await deleteExtras({ ...job, exact: job.exact }, plan?.extras.objects ?? 0, world)
      : { deleted: 0, found: 0 };
  // In the middle of deleting, too: the same command does what is left.
  const isCut = job.exact !== undefined && world.signal.aborted;
  const result = isCut ? { ...transferred, ended: 'interrupted' as const } : transferred;
  const done = { ...task, id, startedAt, path: target.path, result, deleted: deleted.deleted };
  tell(task, plan, done);
  await recordLocal(done, task.options, task.connection, context);
  if (result.ended !== 'interrupted' && deleted.found > deleted.deleted)
    throw new CommandError(
      'there is more to delete than was shown, and nothing was deleted: look at the plan again (--dry-run)',
    );
  if (result.ended === 'interrupted') throw new InterruptedError(`interrupted: ${goOn(task)}`);
  if (result.ended === 'disk-full')
    throw new CommandError(`the disk of "${target.path}" is full: make room; ${goOn(task)}`);
  return localExit(result);

  function goOn({ again }: Task): string {
    return target.kind === 'folder'
      ? `what is finished stays, go on with: ${again}`
      : `nothing is left of the archive, begin again with: ${again}`;
  }
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

function tell(task: Task, plan: RestorePlan | undefined, { id: jobId, result, deleted }: LocalRestore): void {
  const { output } = task.context;
  const lines = [headingOf(task), ...localLines(result)];
  if (deleted > 0) lines.push(`${deleted} deleted that the restore did not bring`);
  lines.push(`  job ${jobId}`);
  // Standard output is the archive.
  if (task.target.path === '-') for (const line of lines) output.note(line);
  else {
    const { counts, problems, mapped, ended } = result;
    const goOn = ended === 'done' ? null : task.again;
    const answer = { ended, counts: { ...counts, deleted }, problems, mapped, goOn };
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
