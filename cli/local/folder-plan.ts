import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Problem } from '@holdfast/core/model/job.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { pMapIterable } from 'p-map';
import type { ComparingWorld } from './compare-file.ts';
import { type Decision, decide } from './decide.ts';
import { type Extra, listExtras } from './extras.ts';
import { keyOf } from './file-name.ts';
import { Fingerprints } from './fingerprints.ts';
import { Folder } from './folder.ts';
import type { LocalJob, LocalWorld } from './local-job.ts';
import { LocalPlan } from './local-plan.ts';
import { type Naming, placeOf, TWICE } from './naming.ts';
import { looksInsensitive } from './open-folder.ts';
import { type FolderJob, TRANSFERS } from './restore-to-folder.ts';
import { expectedPaths, survey } from './survey.ts';
import { TransferProgress } from './transfer-progress.ts';

/** Which files an exact restore may delete: those whose key would have been restored. */
export type Scope = (key: string) => boolean;
export type PlannedJob = FolderJob & { readonly at: number; readonly exact?: Scope };
export type Planned = {
  readonly plan: RestorePlan;
  /** The paths that an exact restore was said to delete. */
  readonly shown: Fingerprints;
};

/** What a restore into a folder would do. Writes nothing: what its disk does with names is told by those that are there. */
export async function planFolder(job: PlannedJob, world: LocalWorld): Promise<Planned> {
  const folder = new Folder(await realpath(job.folder).catch(() => resolve(job.folder)));
  const progress = new TransferProgress(world.clock, world.progress);
  const { naming } = await survey(job, await looksInsensitive(folder), progress, world.signal);
  const plan = new LocalPlan(job.at, job.exact !== undefined);
  const shown = new Fingerprints();
  if (job.exact !== undefined) {
    const unseen = (problem: Problem) => plan.addUnseen(problem);
    for await (const { path, bytes } of extrasOf(job, job.exact, folder, naming, unseen)) {
      plan.addExtra(path, bytes);
      shown.add(path);
    }
  }
  const manner = job.exact === undefined ? job : { ...job, mayGo: (path: string) => shown.has(path) };
  const asking = comparing(world, plan, progress);
  const decisions = pMapIterable(
    job.select(),
    async (object) => ({
      object,
      decision: await decide(object, placeOf(object, naming, job.keyFor), folder, manner, asking),
    }),
    { concurrency: job.transfers ?? TRANSFERS },
  );
  for await (const { object, decision } of decisions) plan.add(object, decision);
  return { plan: plan.plan(job.exact === undefined ? 2 : 3), shown };
}

/** What a restore into an archive would do. */
export async function planArchive(job: LocalJob & { readonly at: number }): Promise<RestorePlan> {
  const plan = new LocalPlan(job.at, false);
  const { naming } = await survey(job, true, { looked: () => {} }, new AbortController().signal);
  for await (const object of job.select()) plan.add(object, inArchive(object, naming, job.keyFor));
  return plan.plan(2);
}

/** Nothing is there: every object is written that can be. */
function inArchive(object: Selected, naming: Naming, keyFor: LocalJob['keyFor']): Decision {
  const { path, twice } = placeOf(object, naming, keyFor);
  if (twice) return { is: 'failed', ...TWICE };
  if (path === '') return { is: 'right' };
  const { lacking = '', version } = object;
  if (version.versionId === '') return { is: 'failed', reason: 'not-in-vault', detail: lacking };
  return { is: 'fresh' };
}

/** What a folder has beyond a restore, as far as an exact one deletes it. */
export async function* extrasOf(
  job: FolderJob,
  scope: Scope,
  folder: Folder,
  naming: Naming,
  unseen: (problem: Problem) => void,
): AsyncGenerator<Extra> {
  const expected = { paths: await expectedPaths(job, naming), naming };
  for await (const extra of listExtras(folder, expected, unseen)) {
    // What only the list of names could tell is left alone.
    const key = keyOf(extra.path);
    if (key !== undefined && scope(key)) yield extra;
  }
}

/** Compares as the restore will, and counts what that asks of the vault. */
function comparing(
  { reader, signal }: LocalWorld,
  plan: LocalPlan,
  progress: TransferProgress,
): ComparingWorld {
  const head: LocalWorld['reader']['head'] = (version) => {
    plan.asked();
    return reader.head(version);
  };
  return { reader: { ...reader, head }, signal, read: (bytes) => progress.compared(bytes) };
}
