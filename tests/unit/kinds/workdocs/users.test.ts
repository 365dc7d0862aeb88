import { expect, it } from 'vitest';
import { givenSite } from './support/site-pipeline.ts';

it('a user who is deactivated is recorded so by the next crawl, and nothing of theirs is lost', async () => {
  const { world, alice } = await givenSite();
  const { documentId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
  await world.pollSoon();
  world.people.deactivateUser(alice.id);
  world.pass(60);
  expect(await world.crawl('later')).toMatchObject({ state: 'done' });
  expect(world.record('user', alice.id)?.status).toBe('INACTIVE');
  expect((await world.entry('document', documentId))?.state).toBe('current');
});

it('a user who is renamed has a new record', async () => {
  const { world, alice } = await givenSite();
  world.people.renameUser(alice.id, 'alicia');
  await world.crawl('later');
  expect(world.record('user', alice.id)?.name).toBe('alicia');
  expect((await world.entry('folder', alice.rootFolderId))?.name).toBe('alicia');
});

it('what changed its owner is recorded in its new place, and its bytes stay', async () => {
  const { world, alice } = await givenSite();
  const bob = world.people.createUser('bob');
  const { documentId, versionId } = world.people.upload({ parentId: alice.rootFolderId }, 'x', { name: 'x' });
  await world.pollSoon();
  world.pass(10);
  world.people.deactivateUser(alice.id);
  const folder = world.people.transferOwnership(alice.id, bob.id);
  world.pass(10);
  expect(await world.crawl('later')).toMatchObject({ state: 'done' });
  expect(world.record('document', documentId)).toMatchObject({ parentId: folder.id, creatorId: bob.id });
  expect(world.bytes(documentId, versionId)).toBe('x');
});

it('a user who was deleted is marked only when the root folder is not there any more', async () => {
  const { world, alice } = await givenSite();
  const bob = world.people.createUser('bob');
  await world.crawl('with-bob');
  world.pass(60);
  const users = world.site.users.bind(world.site);
  world.site.users = async (options) => {
    const page = await users(options);
    return { ...page, items: page.items.filter(({ id }) => id !== bob.id) };
  };
  await world.crawl('bob-is-not-listed');
  expect((await world.entry('user', bob.id))?.state).toBe('current');
  world.pass(60);
  world.people.deleteUser(bob.id);
  await world.crawl('bob-is-gone');
  expect((await world.entry('user', bob.id))?.state).toBe('deleted');
  expect((await world.entry('user', alice.id))?.state).toBe('current');
});
