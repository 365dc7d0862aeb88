import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { readSiteTree } from '@holdfast/core/kinds/workdocs/history/site-tree.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import {
  type DocumentRecord,
  recordText,
  type SiteRecord,
} from '@holdfast/core/kinds/workdocs/model/records.ts';
import {
  recordKey,
  recordOfKey,
  recordPrefix,
  sitePrefix,
  versionKey,
} from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import type { ListVersionsRequest, VersionPage } from '@holdfast/core/ports/object-store.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import { type PlanWorld, planRestore } from '@holdfast/core/restore/plan-restore.ts';
import { PROBE_SETTINGS } from '../measure/probe-settings.ts';

const SITE = 'd-1234567890';
const PAGE = 1000;
const IN_A_FOLDER = 200;
const AT = Date.parse('2026-01-01T00:00:00Z');
const USER = 'S-1-5-21-1692074632-1250882497-497425265-500';

/** What reading the tree of a site of so many documents came to. */
export type ReadTree = { readonly documents: number; readonly gets: number; readonly listings: number };

/** A vault with a site of as many documents as one likes: each page and record is made when it is asked for. */
class EndlessSite {
  readonly #documents: number;
  gets = 0;
  listings = 0;

  constructor(documents: number) {
    this.#documents = documents;
  }

  listVersions(request: ListVersionsRequest): VersionPage {
    this.listings++;
    const { prefix = '', marker } = request;
    const folders = Math.ceil(this.#documents / IN_A_FOLDER);
    const place = recordPrefix(SITE, 'document');
    if (prefix === recordPrefix(SITE, 'user')) return pageOf(1, marker?.key, () => `${prefix}${USER}.json`);
    if (prefix === recordPrefix(SITE, 'folder'))
      return pageOf(folders + 1, marker?.key, (n) => recordKey(SITE, { kind: 'folder', id: folderId(n) }));
    if (prefix === place)
      return pageOf(this.#documents, marker?.key, (n) =>
        recordKey(SITE, { kind: 'document', id: documentId(n) }),
      );
    if (prefix === `${sitePrefix(SITE)}versions/`)
      return pageOf(this.#documents, marker?.key, (n) => versionKey(SITE, documentId(n), versionId(n)));
    return { versions: [] };
  }

  get(key: string): string {
    this.gets++;
    const ref = recordOfKey(SITE, key);
    if (ref?.kind === 'document') return recordText(document(numberOf(ref.id)));
    if (ref?.kind === 'folder') return recordText(folder(numberOf(ref.id)));
    return recordText({
      ...{ format: 1, site: SITE, kind: 'user', id: USER, name: 'anna', createdAt: AT },
      rootFolderId: folderId(0),
    });
  }
}

function pageOf(all: number, after: string | undefined, keyOf: (n: number) => string): VersionPage {
  const from = after === undefined ? 0 : numberOf(after) + 1;
  const until = Math.min(from + PAGE, all);
  const versions = Array.from({ length: until - from }, (_, i) => listed(keyOf(from + i), from + i));
  const last = versions.at(-1);
  return until < all && last !== undefined
    ? { versions, next: { key: last.key, versionId: last.versionId } }
    : { versions };
}

function listed(key: string, n: number): ListedVersion {
  return {
    ...{ key, versionId: vaultVersionId(n), lastModified: AT, latest: true, deleteMarker: false as const },
    ...{ etag: hex(n, 32), size: 1024, storageClass: 'STANDARD' },
  };
}

/** As long as WorkDocs' own, which are 64 digits. */
function documentId(n: number): string {
  return hex(n, 64);
}

function folderId(n: number): string {
  return hex(n, 64);
}

function versionId(n: number): string {
  return `1429912345678-${hex(n, 64)}`;
}

function vaultVersionId(n: number): string {
  return hex(n, 32);
}

function hex(n: number, digits: number): string {
  return n.toString(16).padStart(digits, '0');
}

/** The number in a key or an id: its last long run of digits. */
function numberOf(text: string): number {
  return Number.parseInt(/([0-9a-f]{16,})(?:\.json)?$/.exec(text)?.[1] ?? '0', 16);
}

function folder(n: number): SiteRecord {
  const parent = n === 0 ? {} : { parentId: folderId(0), name: `Project ${n}` };
  return { format: 1, site: SITE, kind: 'folder', id: folderId(n), createdAt: AT, ...parent };
}

function document(n: number): DocumentRecord {
  const id = documentId(n);
  const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' };
  const kept = {
    key: versionKey(SITE, id, versionId(n)),
    versionId: vaultVersionId(n),
    etag: hex(n, 32),
    size: 1024,
    checksum,
  };
  const times = { createdAt: AT, modifiedAt: AT, contentModifiedAt: AT };
  return {
    ...{
      format: 1,
      site: SITE,
      kind: 'document',
      id,
      name: `Meeting notes of week ${n}.docx`,
      createdAt: AT,
    },
    ...{ parentId: folderId(1 + Math.floor(n / IN_A_FOLDER)), status: 'ACTIVE', latest: versionId(n) },
    versions: [
      {
        id: versionId(n),
        creatorId: USER,
        contentType: 'application/msword',
        signature: hex(n, 64),
        ...times,
        kept,
      },
    ],
  };
}

function storeOf(site: EndlessSite) {
  return {
    listVersions: async (request: ListVersionsRequest) => site.listVersions(request),
    get: async ({ key }: { readonly key: string }) => site.get(key),
  };
}

export async function readTree(documents: number): Promise<ReadTree> {
  const site = new EndlessSite(documents);
  const tree = await readSiteTree(SITE, AT + 1, { store: storeOf(site), settings: { vault: 'vault' } });
  let found = 0;
  for (const { documentId: id } of tree.entries()) if (id !== undefined) found++;
  return { documents: found, gets: site.gets, listings: site.listings };
}

/** The same as a function does it, that then sends the objects on. */
export async function planTree(documents: number): Promise<ReadTree> {
  const site = new EndlessSite(documents);
  const request = checkRestoreMessage(
    { source: `workdocs://${SITE}`, target: 's3://holdfast-restore-site' },
    ADDRESSES,
  );
  const job = { id: 'j', state: 'running', openRanges: 1, counts: {}, request: { ...request, at: AT + 1 } };
  let found = 0;
  const world = {
    store: storeOf(site),
    settings: { ...PROBE_SETTINGS, keysPerStep: 20_000, multipartThresholdBytes: 2 ** 30 },
    clock: () => AT,
    telemetry: silent,
    catalog: {
      getJob: async () => job,
      getStep: async () => undefined,
      completeStep: async () => true,
    },
    queue: {
      send: async (queue: string, bodies: readonly string[]) => {
        for (const body of queue === 'restoreWork' ? bodies : []) found += JSON.parse(body).items.length;
      },
    },
  };
  const step = { kind: 'plan' as const, jobId: 'j', step: '0', part: 'plain' as const };
  const delivery = { messageId: 'm', receiveCount: 1, timeLeft: () => 300_000 };
  await planRestore(job as unknown as Job, step, delivery, {
    ...world,
    history: workDocsHistory,
  } as unknown as PlanWorld);
  return { documents: found, gets: site.gets, listings: site.listings };
}

// In a process of its own, whose memory is then the tree's alone.
if (process.argv[1] === import.meta.filename) {
  const read = process.argv[3] === 'plan' ? planTree : readTree;
  process.stdout.write(JSON.stringify(await read(Number(process.argv[2]))));
}
