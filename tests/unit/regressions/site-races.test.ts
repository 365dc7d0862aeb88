import { recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenSite, SITE, SITE_SOURCE, type SitePipeline } from '../kinds/workdocs/support/site-pipeline.ts';

// What comes back while a handler that saw it gone is about to hide what the vault has of it.
let world: SitePipeline;
let root: string;
let documentId: string;
let versionId: string;

beforeEach(async () => {
  const given = await givenSite();
  world = given.world;
  root = given.alice.rootFolderId;
  ({ documentId, versionId } = world.people.upload({ parentId: root }, 'one', { name: 'a.txt' }));
  await world.pollSoon();
  world.pass(60);
});

/** Handles a document as its activity has it, and lets something happen when its handler is about to hide a key. */
async function whileHiding(key: string, meanwhile: () => Promise<void>): Promise<void> {
  world.s3.requests.before = async (op, [ref]) => {
    if (op !== 'hide' || (ref as { key: string }).key !== key) return;
    world.s3.requests.before = undefined;
    world.pass(1);
    await meanwhile();
  };
  await world.handle({ queue: 'documents', id: 'first', receives: 0, body: documentBatch() });
  expect(world.s3.requests.before).toBeUndefined();
}

function documentBatch(): string {
  return JSON.stringify({
    kind: 'documents',
    source: SITE_SOURCE,
    items: [{ kind: 'document', id: documentId, at: world.now }],
  });
}

describe('a document that comes out of a recycle bin while it is about to be marked', () => {
  it.each([
    [
      'its activity is handled',
      () => world.handle({ queue: 'documents', id: 'second', receives: 0, body: documentBatch() }),
    ],
    ['a crawl lists it', () => world.crawl('meanwhile')],
  ])('stays there, when %s meanwhile', async (_, look) => {
    const document = world.people.document(documentId);
    const { modifiedAt } = document;
    world.people.recycle(documentId);
    await whileHiding(recordKey(SITE, { kind: 'document', id: documentId }), async () => {
      world.people.restore(documentId);
      // Nothing that the site says of it need be new.
      Object.assign(document, { modifiedAt });
      await look();
    });
    expect((await world.entry('document', documentId))?.state).toBe('current');
    expect(world.record('document', documentId)?.versions).toMatchObject([{ id: versionId }]);
    expect(world.bytes(documentId, versionId)).toBe('one');
  });
});

it('a version that is restored while its bytes are about to be hidden keeps them', async () => {
  world.people.upload({ documentId }, 'two');
  await world.pollSoon();
  world.pass(60);
  world.people.deleteVersion({ documentId, versionId });
  await whileHiding(versionKey(SITE, documentId, versionId), async () => {
    world.people.restoreVersions(documentId);
    await world.handle({ queue: 'documents', id: 'second', receives: 0, body: documentBatch() });
  });
  expect(world.record('document', documentId)?.versions[0]).toMatchObject({
    id: versionId,
    status: 'ACTIVE',
  });
  expect(world.bytes(documentId, versionId)).toBe('one');
});
