import type { Selected } from '@holdfast/core/source/selection.ts';
import { type ComparingWorld, knownFacts, verifyFile } from './compare-file.ts';
import { type Decision, decide, type Manner } from './decide.ts';
import { PlaceError, troubleOf } from './disk-errors.ts';
import { clearAway } from './extras.ts';
import type { Folder } from './folder.ts';
import type { LocalWorld } from './local-job.ts';
import type { Place } from './naming.ts';
import { openCopy } from './open-copy.ts';
import { setTime } from './set-time.ts';
import type { Tally } from './tally.ts';
import type { TransferProgress } from './transfer-progress.ts';
import { type OpenFile, writeFile } from './write-file.ts';

export type FolderTask = {
  readonly folder: Folder;
  readonly manner: Manner;
  readonly verify: boolean;
  readonly tally: Tally;
  readonly progress: TransferProgress;
  readonly openFile?: OpenFile;
};

/**
 * Brings one object to its path, if it is not right there already. Its own trouble is counted.
 *
 * @throws what stops everything: a full disk, an abort, a defect
 */
export async function restoreObject(
  object: Selected,
  place: Place,
  task: FolderTask,
  world: LocalWorld,
): Promise<void> {
  const { folder, manner, progress, tally } = task;
  const comparing = { ...world, read: (bytes: number) => progress.compared(bytes) };
  try {
    const decision = await decide(object, place, folder, manner, comparing);
    await carryOut(decision, object, place, task, world, comparing);
  } catch (error) {
    const trouble = world.signal.aborted ? undefined : troubleOf(error);
    if (trouble === undefined) throw error;
    tally.problem(trouble.reason === 'conflict' ? 'conflicts' : 'failed', { key: object.key, ...trouble });
    progress.done(object.version.size);
  }
}

async function carryOut(
  decision: Decision,
  object: Selected,
  place: Place,
  task: FolderTask,
  world: LocalWorld,
  comparing: ComparingWorld,
): Promise<void> {
  if (decision.is === 'conflict' || decision.is === 'failed')
    throw new PlaceError(decision.reason, decision.detail);
  if (place.kind === 'file') task.tally.noteLack(object);
  if (decision.is === 'right') return leave(decision, object, place, task);
  if (decision.is === 'blocked') await clear(decision.clears, object, place, task, world);
  if (place.kind === 'folder') await makeFolder(place.path, task);
  else await makeFile(object, place.path, decision.is === 'replace', task, world, comparing);
}

async function leave(
  { time, proof }: Decision & { is: 'right' },
  object: Selected,
  { path, kind }: Place,
  { folder, tally, progress, verify }: FolderTask,
): Promise<void> {
  if (time !== undefined) await setTime(folder.full(path), time);
  if (verify && proof !== undefined) tally.verified(proof);
  if (path === '') tally.targetItself(object.key);
  else tally.right();
  progress.done(kind === 'folder' ? 0 : object.version.size);
}

/** Only for a copy that can be read: what stands in the way may be all there is. */
async function clear(
  path: string,
  object: Selected,
  { kind }: Place,
  { folder, manner, tally }: FolderTask,
  world: LocalWorld,
): Promise<void> {
  if (kind === 'file' && (await knownFacts(object, world)).archived)
    throw new PlaceError('archived', 'its copy is in an archive class and has to be thawed first');
  tally.deleted(await clearAway(folder, path, manner.mayGo ?? (() => false)));
}

async function makeFolder(path: string, { folder, tally, progress }: FolderTask): Promise<void> {
  await folder.prepare(path);
  tally.restored(0, true);
  progress.done(0);
}

async function makeFile(
  object: Selected,
  path: string,
  replace: boolean,
  { folder, tally, progress, verify, openFile }: FolderTask,
  world: LocalWorld,
  comparing: ComparingWorld,
): Promise<void> {
  await folder.prepare(path);
  const open = async () => {
    const copy = await openCopy(object, world);
    return { ...copy, body: progress.counting(copy.body) };
  };
  const { facts, proof } = await writeFile(folder, path, open, replace, openFile);
  if (verify) tally.verified(await verifyFile(folder.full(path), object, facts, comparing));
  tally.restored(facts.size, proof === 'verified');
  progress.done(0);
}
