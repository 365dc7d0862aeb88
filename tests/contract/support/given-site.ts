import { workDocsAddress } from '@holdfast/core/kinds/workdocs/address.ts';
import { ensureEmptyFolder } from '@holdfast/core/kinds/workdocs/capture/ensure-empty-folder.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import { encodePart } from '@holdfast/core/kinds/workdocs/model/site-path.ts';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';
import {
  givenSite,
  SITE,
  SITE_SOURCE,
  type SitePipeline,
} from '../../unit/kinds/workdocs/support/site-pipeline.ts';
import type { GivenKind, GivenSource, Item } from '../suites/source-kind/given.ts';

const USER = 'alice';
/** WorkDocs takes up to 255 characters, and none that controls anything. */
const NAME = /^[\u0020-\u202D\u202F-\uFFFF]{1,255}$/;
const prefixOf = (group: string) => `${USER}/${encodePart(group)}`;
const keyOf = ({ group, name }: Item) => `${group === '' ? USER : prefixOf(group)}/${encodePart(name)}`;

/** WorkDocs sites, captured by polls. */
export const GIVEN_SITE: GivenKind = {
  kind: { address: workDocsAddress, history: workDocsHistory },
  identity: 'item',
  uris: {
    'workdocs://d-926726012c': { source: 'workdocs://d-926726012c', prefix: '' },
    'workdocs://old-site/alice/my plans/a%2Fb': {
      source: 'workdocs://old-site',
      prefix: 'alice/my plans/a%2Fb',
    },
  },
  noUris: ['workdocs://', 'workdocs://No_Site/alice', 'workdocs://-x-'],
  awkwardNames: AWKWARD_KEYS.filter((name) => NAME.test(name)),
  neighbour: `${SITE_SOURCE}-2`,
  // An empty folder is none.
  isItem: (key) => !key.endsWith('/'),
  refused: [
    { wish: { versionId: 'v', allVersions: true }, into: 'bucket' },
    { wish: { versionId: 'v', sidecars: true }, into: 'elsewhere' },
    { wish: { exact: true }, into: 'bucket' },
  ],
  taken: [
    { wish: { exact: true }, into: 'elsewhere' },
    { wish: { versionId: 'v' }, into: 'bucket' },
  ],
  begin: async () => {
    const { world, alice } = await givenSite();
    await ensureEmptyFolder(SITE, world.world);
    return givenSource(world, alice.rootFolderId);
  },
};

function givenSource(pipeline: SitePipeline, rootId: string): GivenSource {
  const { people, s3, world } = pipeline;
  const folders = new Map([['', rootId]]);
  const documents = new Map<string, string>();
  let crawls = 0;
  let deletes = false;
  const folderOf = (group: string) => {
    const id = folders.get(group) ?? people.createFolder(rootId, group).id;
    folders.set(group, id);
    return id;
  };
  const documentOf = (item: Item) => {
    const id = documents.get(keyOf(item));
    if (id === undefined) throw new Error(`there is no ${keyOf(item)}`);
    return id;
  };
  return {
    source: SITE_SOURCE,
    world,
    s3,
    now: () => pipeline.now,
    pass: (ms) => pipeline.pass(ms / 60_000),
    keyOf,
    prefixOf,
    put: async (item, text) => {
      const known = documents.get(keyOf(item));
      const place = known === undefined ? { parentId: folderOf(item.group) } : { documentId: known };
      const { documentId } = people.upload(place, text, { name: item.name });
      documents.set(keyOf(item), documentId);
    },
    delete: async (item) => {
      people.delete(documentOf(item));
      deletes = true;
      documents.delete(keyOf(item));
    },
    rename: async (from, to) => {
      const id = documentOf(from);
      if (from.group !== to.group) people.move(id, folderOf(to.group));
      if (from.name !== to.name) people.rename(id, to.name);
      documents.delete(keyOf(from));
      documents.set(keyOf(to), id);
    },
    // A minute later, a poll; no activity tells of what was deleted for good, which only a crawl finds.
    capture: async () => {
      await pipeline.pollSoon();
      crawls += 1;
      if (deletes) await pipeline.crawl(`crawl-${crawls}`);
      deletes = false;
    },
  };
}
