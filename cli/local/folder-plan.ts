import type { Stats } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { RestorePlan } from '@holdfast/core/model/restore-plan.ts';
import { deleteExtra, type Extra, listExtras } from './extras.ts';
import { keyOf } from './file-name.ts';
import { Folder } from './folder.ts';
import type { LocalWorld } from './local-job.ts';
import { LocalPlan } from './local-plan.ts';
import { probeNames } from './open-folder.ts';
import type { FolderJob } from './restore-to-folder.ts';
import { expectedPaths, survey } from './survey.ts';
import { TransferProgress } from './transfer-progress.ts';

/** Which files an exact restore may delete: those whose key would have been restored. */
export type Scope = (key: string) => boolean;
type View = Pick<LocalWorld, 'clock' | 'signal' | 'progress'>;

/** What a restore into a folder would do. Writes nothing: what its disk does with names is told by the system it is on. */
export async function planFolder(
  job: FolderJob & { readonly at: number; readonly exact?: Scope },
  view: View,
): Promise<RestorePlan> {
  const folder = await existing(job.folder);
  const { naming } = await survey(job, isUsuallyInsensitive(), progressOf(view), view.signal);
  const plan = new LocalPlan(job.at, job.overwrite);
  for await (const object of job.select()) {
    const { path } = naming.place((job.keyFor ?? same)(object.key), object.version.size);
    plan.add(object, folder === undefined ? undefined : await look(folder, path));
  }
  if (job.exact !== undefined && folder !== undefined) {
    const extras = listExtras(folder, await expectedPaths(job, naming), naming);
    for await (const { path, bytes } of within(job.exact, extras)) plan.addExtra(path, bytes);
  }
  return plan.plan(job.exact === undefined ? 2 : 3);
}

/** What a restore into an archive would do. */
export async function planArchive(
  job: Pick<FolderJob, 'select'> & { readonly at: number },
): Promise<RestorePlan> {
  const plan = new LocalPlan(job.at, 'never');
  for await (const object of job.select()) plan.add(object, undefined);
  return plan.plan(2);
}

/**
 * Deletes what a folder has beyond a restore.
 *
 * @param bound as many as were shown; if there are more, none is deleted
 * @returns how many were deleted, or how many there are if that is too many
 */
export async function deleteExtras(
  job: FolderJob & { readonly exact: Scope },
  bound: number,
  view: View,
): Promise<{ readonly deleted: number; readonly found: number }> {
  const folder = new Folder(await realpath(job.folder));
  const { naming } = await survey(job, await probeNames(folder.root), progressOf(view), view.signal);
  const expected = await expectedPaths(job, naming);
  const extras = await Array.fromAsync(
    takeUpTo(within(job.exact, listExtras(folder, expected, naming)), bound + 1),
  );
  if (extras.length > bound) return { deleted: 0, found: extras.length };
  let deleted = 0;
  for (const { path } of extras) {
    if (view.signal.aborted) break;
    if (await deleteExtra(folder, path, expected, naming)) deleted++;
  }
  return { deleted, found: extras.length };
}

async function* within(scope: Scope, extras: AsyncIterable<Extra>): AsyncGenerator<Extra> {
  for await (const extra of extras) {
    // What only the list of names could tell is left alone.
    const key = keyOf(extra.path);
    if (key !== undefined && scope(key)) yield extra;
  }
}

async function* takeUpTo<T>(things: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const thing of things) {
    if (taken++ >= limit) return;
    yield thing;
  }
}

function existing(path: string): Promise<Folder | undefined> {
  return realpath(path).then(
    (root) => new Folder(root),
    () => undefined,
  );
}

function look(folder: Folder, path: string): Promise<Stats | undefined> {
  return folder.lookSafely(path).catch(() => undefined);
}

function isUsuallyInsensitive(): boolean {
  return process.platform === 'darwin' || process.platform === 'win32';
}

function progressOf({ clock, progress }: View): TransferProgress {
  return new TransferProgress(clock, progress);
}

function same(key: string): string {
  return key;
}
