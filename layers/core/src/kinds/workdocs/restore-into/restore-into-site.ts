import { pMapIterable } from 'p-map';
import { InvalidInputError, messageOf } from '../../../model/errors.ts';
import { originMark } from '../model/origin-mark.ts';
import { judgeTarget, nameIn } from './judge-target.ts';
import type { TargetDocument } from './target-document.ts';
import { TargetFolders } from './target-folders.ts';
import type {
  DocumentToRestore,
  IntoSiteOptions,
  IntoSiteWorld,
  ThingOutcome,
  ThingToRestore,
  VersionToRestore,
} from './thing-to-restore.ts';
import { uploadVersion } from './upload-version.ts';

const CONCURRENCY = 8;

type Run = IntoSiteOptions & {
  readonly world: IntoSiteWorld;
  readonly folders: TargetFolders;
  readonly turns: Turns;
};
type Uploaded = Pick<ThingOutcome, 'versions' | 'bytes'>;
const NOTHING: Uploaded = { versions: 0, bytes: 0 };

/**
 * Restores documents and folders into a WorkDocs site: folders are found or made, versions uploaded one after the other, and
 * each marked with what it is a copy of. Run again after whatever end, it goes on where it stopped: what is right is left
 * alone, what was begun is continued, and nothing is there twice. What differs is only touched when told to.
 *
 * Memory does not grow with the number of things. A document gets its present name in all versions: WorkDocs would list a
 * half-restored one by the name of an old version, and the next run would not find it.
 *
 * @returns what became of each thing, as it comes to its end
 */
export async function* restoreIntoSite(
  things: AsyncIterable<ThingToRestore>,
  world: IntoSiteWorld,
  options: IntoSiteOptions = {},
): AsyncGenerator<ThingOutcome> {
  const { concurrency = CONCURRENCY } = options;
  const run: Run = { ...options, world, folders: new TargetFolders(world.target), turns: new Turns() };
  yield* pMapIterable(things, (thing) => settled(thing, run), { concurrency, preserveOrder: false });
}

async function settled(thing: ThingToRestore, run: Run): Promise<ThingOutcome> {
  try {
    return await (thing.kind === 'folder' ? restoreFolder(thing, run) : restoreDocument(thing, run));
  } catch (error) {
    return { thing, result: 'failed', ...NOTHING, detail: messageOf(error) };
  }
}

async function restoreFolder(
  thing: Extract<ThingToRestore, { kind: 'folder' }>,
  { folders, into = [] }: Run,
): Promise<ThingOutcome> {
  const path = [...into, ...thing.path];
  // It is the site itself, which is there.
  if (path.length === 0) return { thing, result: 'right', ...NOTHING };
  const { made } = await folders.folder(path);
  return { thing, result: made ? 'restored' : 'right', ...NOTHING };
}

async function restoreDocument(thing: DocumentToRestore, run: Run): Promise<ThingOutcome> {
  const { into = [], folders, turns } = run;
  if (thing.versions.length === 0) throw new InvalidInputError('the vault has none of its versions');
  const name = nameIn(thing.path);
  const { id: folderId } = await folders.folder([...into, ...thing.path.slice(0, -1)]);
  // Two of the same name in a folder would each take the same document for theirs.
  return turns.take(`${folderId}/${name}`, () => restoreInto(folderId, name, thing, run));
}

async function restoreInto(
  folderId: string,
  name: string,
  thing: DocumentToRestore,
  run: Run,
): Promise<ThingOutcome> {
  const { folders, world, overwrite = 'never' } = run;
  const judged = await judgeTarget(
    await folders.found.documents(folderId, name),
    thing,
    overwrite,
    world.target,
  );
  if (judged.is === 'conflict') return { thing, result: 'conflict', ...NOTHING, detail: judged.detail };
  if (judged.is === 'new') {
    const uploaded = await uploadAll({ parentId: folderId }, name, thing.versions, run, folderId);
    return { thing, result: 'restored', ...uploaded };
  }
  const { found, lacking } = judged;
  await markCopies(found, run);
  const uploaded = await uploadAll({ documentId: found.id }, name, lacking, run, folderId);
  await giveUpDrafts(found, run);
  return { thing, result: uploaded.versions === 0 ? 'right' : 'restored', ...uploaded };
}

/** What an earlier run began and this one has brought. */
async function giveUpDrafts({ id, drafts }: TargetDocument, { world }: Run): Promise<void> {
  for (const versionId of drafts)
    await world.target.abortUpload({ documentId: id, versionId }).catch(() => {});
}

async function markCopies({ id, unmarked }: TargetDocument, { world }: Run): Promise<void> {
  for (const { id: versionId, of } of unmarked)
    await world.target.addCustomMetadata(id, versionId, originMark(of));
}

async function uploadAll(
  place: { readonly parentId: string } | { readonly documentId: string },
  name: string,
  versions: readonly VersionToRestore[],
  { world, folders }: Run,
  folderId: string,
): Promise<Uploaded> {
  let to = place;
  let bytes = 0;
  for (const version of versions) {
    const documentId = await uploadVersion(to, name, version, world);
    if ('parentId' in to) await folders.found.madeDocument(folderId, name, documentId);
    to = { documentId };
    bytes += version.size;
  }
  return { versions: versions.length, bytes };
}

/** Lets work on the same thing run one after the other. */
class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
