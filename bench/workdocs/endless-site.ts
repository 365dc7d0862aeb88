import { createHash } from 'node:crypto';
import type {
  OpenDownload,
  SiteContent,
  SiteDocument,
  SiteFolder,
  SitePage,
  SiteReader,
  SiteUser,
  SiteVersion,
} from '@holdfast/core/kinds/workdocs/site.ts';
import { Requests } from '../../testing/memory/requests.ts';

const IN_A_FOLDER = 100;
/** Most items of one page, as WorkDocs has it. */
const PAGE = 999;
const AT = Date.parse('2026-01-01T00:00:00Z');
const BODY = Buffer.alloc(1024, 'holdfast ');
const SIGNATURE = createHash('md5').update(BODY).digest('hex');
const ANNA: SiteUser = {
  id: 'S-1-5-21-1&d-0123456789',
  username: 'anna',
  status: 'ACTIVE',
  rootFolderId: 'root',
  recycleBinFolderId: 'bin',
};

/** A site of as many documents as one likes: each answer is made when it is asked for, and nothing is kept. */
export class EndlessSite implements SiteReader {
  readonly requests = new Requests<keyof SiteReader>();
  readonly #documents: number;

  constructor(documents: number) {
    this.#documents = documents;
  }

  users(): Promise<SitePage<SiteUser>> {
    return this.#run('users', () => ({ items: [ANNA] }));
  }

  folder(id: string): Promise<SiteFolder> {
    return this.#run('folder', () => folderOf(id));
  }

  document(id: string): Promise<SiteDocument> {
    return this.#run('document', () => ({ ...documentOf(Number(id.slice(1))), customMetadata: {} }));
  }

  folderContents(id: string, marker = '0'): Promise<SitePage<SiteContent>> {
    return this.#run('folderContents', () => {
      const [from, until] = this.#rangeOf(id);
      const first = from + Number(marker);
      const last = Math.min(first + PAGE, until);
      const items = Array.from({ length: Math.max(0, last - first) }, (_, n) => contentOf(id, first + n));
      return last < until ? { items, next: String(last - from) } : { items };
    });
  }

  versions(documentId: string): Promise<SitePage<SiteVersion>> {
    return this.#run('versions', () => ({ items: [versionOf(Number(documentId.slice(1)))] }));
  }

  version(documentId: string): Promise<SiteVersion> {
    const version = versionOf(Number(documentId.slice(1)));
    return this.#run('version', () => ({
      ...version,
      customMetadata: {},
      downloadUrl: 'https://workdocs.invalid/',
    }));
  }

  download(): Promise<OpenDownload> {
    return this.#run('download', () => ({ length: BODY.length, body: bytes() }));
  }

  comments(): Promise<SitePage<never>> {
    return this.#run('comments', () => ({ items: [] }));
  }

  permissions(): Promise<SitePage<never>> {
    return this.#run('permissions', () => ({ items: [] }));
  }

  activities(): Promise<SitePage<never>> {
    return this.#run('activities', () => ({ items: [] }));
  }

  path(): Promise<never> {
    return Promise.reject(new Error('no crawl asks for a path'));
  }

  /** Of the root folder: its folders. Of a folder: its documents. Of the recycle bin: nothing. */
  #rangeOf(id: string): readonly [from: number, until: number] {
    if (id === 'bin') return [0, 0];
    if (id === 'root') return [0, Math.ceil(this.#documents / IN_A_FOLDER)];
    const first = Number(id.slice(1)) * IN_A_FOLDER;
    return [first, Math.min(first + IN_A_FOLDER, this.#documents)];
  }

  #run<T>(op: keyof SiteReader, work: () => T): Promise<T> {
    return this.requests.run(op, [], work);
  }
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield BODY;
}

function contentOf(folderId: string, n: number): SiteContent {
  return folderId === 'root'
    ? { kind: 'folder', folder: folderOf(`f${n}`) }
    : { kind: 'document', document: documentOf(n) };
}

function folderOf(id: string): SiteFolder {
  const top = id === 'root' || id === 'bin';
  const facts = { id, createdAt: AT, modifiedAt: AT, status: 'ACTIVE', labels: [] };
  return top ? { ...facts, name: '/' } : { ...facts, name: `folder ${id}`, parentId: 'root' };
}

function documentOf(n: number): SiteDocument {
  const parentId = `f${Math.floor(n / IN_A_FOLDER)}`;
  const facts = { createdAt: AT, modifiedAt: AT, status: 'ACTIVE', labels: [] };
  return { id: `d${n}`, parentId, ...facts, latest: versionOf(n) };
}

function versionOf(n: number): SiteVersion {
  const content = { contentType: 'text/plain', size: BODY.length, signature: SIGNATURE };
  return {
    id: `${AT}-${n}`,
    name: `document ${n}.txt`,
    ...content,
    status: 'ACTIVE',
    createdAt: AT,
    modifiedAt: AT,
  };
}
