import { isCovered, ownerItems, placeOf } from '@holdfast/core/kinds/workdocs/capture/site-place.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { itemContext } from './support/item-context.ts';
import { givenSite, type SitePipeline } from './support/site-pipeline.ts';

const THERE = { gone: false, items: [] };
const GONE = { gone: true, items: [] };

let world: SitePipeline;
let alice: Awaited<ReturnType<typeof givenSite>>['alice'];

beforeEach(async () => {
  ({ world, alice } = await givenSite());
  world.requests();
});

/** Folders, each in the one before it, the first in alice's root folder: known to the site alone. @returns their ids */
function givenFolders(count: number, rootId = alice.rootFolderId): string[] {
  let parentId = rootId;
  return Array.from({ length: count }, (_, n) => {
    parentId = world.people.createFolder(parentId, `${n}`).id;
    return parentId;
  });
}

/** The catalog's entry of a folder, as if it had been recorded as deleted, or as there. */
async function givenEntry(id: string, state: 'current' | 'deleted'): Promise<void> {
  const { source } = await world.source();
  await world.catalog.putEntry({ source, key: `folder/${id}`, state, rev: 1, updatedAt: 0 }, undefined);
}

const needed = (id: string) => ({ gone: false, items: [{ kind: 'folder', id, needed: true }] });
const placeIn = async (id: string | undefined, more = {}) => placeOf(id, await itemContext(world, more));

describe('a thing lies', () => {
  it('at the top, or in a folder that is recorded: nobody is asked', async () => {
    expect(await placeIn(undefined)).toEqual(THERE);
    expect(await placeIn(alice.rootFolderId)).toEqual(THERE);
    expect(world.requests()).toEqual({});
  });

  it('in a folder that is not recorded yet, and that a crawl lists too: nobody is asked', async () => {
    const [id = ''] = givenFolders(1);
    expect(await placeIn(id, { listed: true })).toEqual(THERE);
    expect(world.requests()).toEqual({});
  });

  it('in a folder that is recorded as deleted, and is there: also a crawl has it looked at', async () => {
    const [id = ''] = givenFolders(1);
    await givenEntry(id, 'deleted');
    expect(await placeIn(id, { listed: true })).toEqual(needed(id));
  });

  it('in folders that are not recorded: the lowest is needed, and the first recorded one above ends the search', async () => {
    const ids = givenFolders(3);
    await givenEntry(ids[0] ?? '', 'current');
    expect(await placeIn(ids[2])).toEqual(needed(ids[2] ?? ''));
    expect(world.requests()).toEqual({ folder: 2 });
  });

  it('in a folder that the site does not know: it is there, lost and found, and nothing is needed', async () => {
    expect(await placeIn('unknown')).toEqual(THERE);
  });

  it('in a folder that lies in one that the site does not know: it is there, and its folder needed', async () => {
    const [above = '', id = ''] = givenFolders(2);
    world.site.requests.before = (_, [asked]) => {
      if (asked === above) throw new SiteError('not-found', 'there is no such folder');
    };
    expect(await placeIn(id)).toEqual(needed(id));
  });

  it('nobody knows where, while the site does not tell', async () => {
    const [id = ''] = givenFolders(1);
    world.site.requests.before = () => {
      throw new SiteError('unavailable', 'later');
    };
    await expect(placeIn(id)).rejects.toThrow('later');
  });

  it.each(['RECYCLED', 'RECYCLING'] as const)(
    'below a folder that is %s: gone, though nothing says so of what is in it',
    async (status) => {
      const ids = givenFolders(3);
      world.people.setState(ids[0] ?? '', status);
      for (const id of ids.slice(1)) world.people.setState(id, 'ACTIVE');
      expect(await placeIn(ids[2])).toEqual(GONE);
      expect(await placeIn(ids[0])).toEqual(GONE);
    },
  );

  it('in a recycle bin: gone, though nothing of it has that status', async () => {
    const ids = givenFolders(2);
    world.people.recycle(ids[0] ?? '');
    for (const id of ids) world.people.setState(id, 'ACTIVE');
    expect(await placeIn(ids[1])).toEqual(GONE);
    expect(await placeIn(alice.recycleBinFolderId)).toEqual(GONE);
  });

  it('below a user whom no crawl has seen: the user and the root folder are needed too', async () => {
    const bob = world.people.createUser('bob');
    const [id = ''] = givenFolders(1, bob.rootFolderId);
    const place = await placeIn(id);
    expect(place.gone).toBe(false);
    expect(place.items).toMatchObject([
      { kind: 'folder', id, needed: true },
      { kind: 'user', id: bob.id, at: world.now, user: { username: 'bob' } },
      { kind: 'folder', id: bob.rootFolderId, user: 'bob', needed: true },
    ]);
  });

  it('below a root folder of nobody: there, and its folder is needed', async () => {
    const bob = world.people.createUser('bob');
    const [id = ''] = givenFolders(1, bob.rootFolderId);
    world.site.users = () => Promise.resolve({ items: [] });
    expect(await placeIn(id)).toEqual(needed(id));
  });

  it('in folders that lead to each other in a circle: there, and the search ends', async () => {
    const ids = givenFolders(2);
    const { folder } = world.site;
    world.site.folder = async (id) => ({
      ...(await folder.call(world.site, id)),
      parentId: ids.find((one) => one !== id) ?? '',
    });
    let looks = 0;
    world.catalog.requests.before = () => {
      looks += 1;
      if (looks > 1000) throw new Error('looked for ever');
    };
    expect(await placeIn(ids[0])).toEqual(needed(ids[0] ?? ''));
    expect(world.requests()).toEqual({ folder: 2 });
  });
});

describe('who owns a root folder', () => {
  it('is told of a root folder, and of nothing else without a parent', async () => {
    const context = await itemContext(world);
    expect(await ownerItems(alice.rootFolderId, context)).toHaveLength(2);
    expect(await ownerItems(alice.recycleBinFolderId, context)).toEqual([]);
    expect(await ownerItems('unknown', context)).toEqual([]);
  });
});

describe('what nobody has seen', () => {
  const covered = async (kind: 'document' | 'folder', id: string) =>
    isCovered(kind, id, await itemContext(world));

  it('is wanted without filters, and no path is asked for', async () => {
    expect(await covered('folder', 'any')).toBe(true);
    expect(world.requests()).toEqual({});
  });

  it('is wanted of folders where something within the filters may lie in them', async () => {
    const [plans = '', below = ''] = givenFolders(2);
    const { documentId } = world.people.upload({ parentId: below }, 'x', { name: 'a.txt' });
    await world.protect({ prefix: 'alice/0/1/', include: ['**/*.pdf'] });
    expect(await covered('folder', plans)).toBe(true);
    expect(await covered('folder', below)).toBe(true);
    expect(await covered('document', documentId)).toBe(false);
    expect(await covered('folder', world.people.createFolder(plans, '11').id)).toBe(false);
    // Whose the root folder is, the catalog knows.
    expect(world.requests()).toEqual({ path: 4 });
  });

  it('is not wanted by a filter where its path is not known', async () => {
    await world.protect({ prefix: 'alice/' });
    world.site.path = () => Promise.resolve([]);
    expect(await covered('document', 'any')).toBe(false);
  });
});
