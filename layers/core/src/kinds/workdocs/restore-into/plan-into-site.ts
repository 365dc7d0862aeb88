import { pMapIterable } from 'p-map';
import { InvalidInputError, messageOf } from '../../../model/errors.ts';
import { FoundFolders } from '../crawl/found-folders.ts';
import type { SiteReader } from '../site.ts';
import { judgeTarget, nameIn } from './judge-target.ts';
import type { DocumentToRestore, IntoSiteOptions, ThingToRestore } from './thing-to-restore.ts';
import type { SelectedThing } from './things-to-restore.ts';

const CONCURRENCY = 8;

/** What would become of one thing. */
export type PlannedThing = {
  readonly selected: SelectedThing;
  readonly decision:
    | { readonly is: 'fresh' | 'replace' | 'right' }
    | { readonly is: 'conflict' | 'failed'; readonly reason: string; readonly detail: string };
};

type Plan = IntoSiteOptions & { readonly target: SiteReader; readonly folders: FoundFolders };

/**
 * What a restore into a site would do: it reads there what the run reads before it writes, and nothing else, since it asks by
 * the same rule. A record is read from the vault only where the target has a document of that name.
 */
export function planIntoSite(
  things: AsyncIterable<SelectedThing>,
  target: SiteReader,
  options: IntoSiteOptions = {},
): AsyncIterable<PlannedThing> {
  const { concurrency = CONCURRENCY } = options;
  const plan: Plan = { ...options, target, folders: new FoundFolders(target) };
  return pMapIterable(things, async (selected) => ({ selected, decision: await decided(selected, plan) }), {
    concurrency,
  });
}

async function decided(selected: SelectedThing, plan: Plan): Promise<PlannedThing['decision']> {
  try {
    return await decide(selected, plan);
  } catch (error) {
    return { is: 'failed', reason: 'failed', detail: messageOf(error) };
  }
}

async function decide(
  { thing: read, place, lacking = '' }: SelectedThing,
  { target, folders, into = [], overwrite = 'never' }: Plan,
): Promise<PlannedThing['decision']> {
  if (read === undefined) return { is: 'failed', reason: 'not-in-vault', detail: lacking };
  const { kind, path } = place();
  const there = [...into, ...path];
  if (kind === 'folder') return { is: (await isThere(there, folders)) ? 'right' : 'fresh' };
  const name = nameIn(path);
  const folderId = await folders.find(there.slice(0, -1));
  const ids = folderId === undefined ? [] : await folders.documents(folderId, name);
  // Nothing is there that it would have to be compared with.
  if (ids.length === 0) return { is: 'fresh' };
  const thing = await read().catch((error: unknown) => messageOf(error));
  if (typeof thing === 'string') return { is: 'failed', reason: 'not-in-vault', detail: thing };
  const judged = await judgeTarget(ids, documentOf(thing), overwrite, target);
  if (judged.is === 'conflict') return { is: 'conflict', reason: 'conflict', detail: judged.detail };
  if (judged.is === 'right') return { is: 'right' };
  return { is: judged.is === 'over' ? 'replace' : 'fresh' };
}

/** @throws {InvalidInputError} for what has no version that could be brought */
function documentOf(thing: ThingToRestore): DocumentToRestore {
  if (thing.kind === 'document' && thing.versions.length > 0) return thing;
  throw new InvalidInputError('the vault has none of its versions');
}

/** An empty path is the site itself, which is there. */
async function isThere(path: readonly string[], folders: FoundFolders): Promise<boolean> {
  return path.length === 0 || (await folders.find(path)) !== undefined;
}
