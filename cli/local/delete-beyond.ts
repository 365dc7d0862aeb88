import { realpath } from 'node:fs/promises';
import type { Problem } from '@holdfast/core/model/job.ts';
import { troubleOf } from './disk-errors.ts';
import { deleteExtra, type Expected, type Extra, type MayGo } from './extras.ts';
import { Folder } from './folder.ts';
import { extrasOf, type PlannedJob, type Scope } from './folder-plan.ts';
import type { LocalResult, LocalWorld } from './local-job.ts';
import { probeNames } from './open-folder.ts';
import { expectedPaths, survey } from './survey.ts';
import { TransferProgress } from './transfer-progress.ts';

/**
 * Deletes what a folder has beyond a restore that is done: only what was shown. If there is anything else, nothing.
 *
 * @returns the restore's result, with what became of that
 */
export async function deleteBeyond(
  job: PlannedJob & { readonly exact: Scope },
  wasShown: MayGo,
  result: LocalResult,
  world: LocalWorld,
): Promise<LocalResult> {
  const folder = new Folder(await realpath(job.folder));
  const progress = new TransferProgress(world.clock, world.progress);
  const { naming } = await survey(job, await probeNames(folder.root), progress, world.signal);
  const problems: Problem[] = [];
  const found = await Array.fromAsync(
    extrasOf(job, job.exact, folder, naming, (problem) => void problems.push(problem)),
  );
  const unshown = found.filter(({ path }) => !wasShown(path));
  if (unshown.length > 0) return withOutcome(result, 0, [...problems, heldBack(unshown)], world.signal);
  const expected = { paths: await expectedPaths(job, naming), naming };
  const deleted = await deleteAll(found, folder, expected, problems, world.signal);
  return withOutcome(result, deleted, problems, world.signal);
}

async function deleteAll(
  extras: readonly Extra[],
  folder: Folder,
  expected: Expected,
  problems: Problem[],
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  for (const { path } of extras) {
    if (signal.aborted) break;
    try {
      if (await deleteExtra(folder, path, expected)) deleted++;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) throw error;
      problems.push({ key: path, reason: 'not-deleted', detail: trouble.detail });
    }
  }
  return deleted;
}

function heldBack(unshown: readonly Extra[]): Problem {
  const detail =
    `${unshown.length} more are beyond the restore than were shown, as "${unshown[0]?.path}": ` +
    'none of those that are left was deleted; look at the plan again (--dry-run)';
  return { key: '', reason: 'held-deletions', detail };
}

function withOutcome(
  { counts, problems, ...result }: LocalResult,
  deleted: number,
  more: readonly Problem[],
  { aborted }: AbortSignal,
): LocalResult {
  return {
    ...result,
    problems: [...problems, ...more],
    counts: { ...counts, deleted: counts.deleted + deleted, failed: counts.failed + more.length },
    ended: aborted ? 'interrupted' : result.ended,
  };
}
