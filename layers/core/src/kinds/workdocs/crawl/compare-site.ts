import pMap from 'p-map';
import { defined } from '../../../model/defined.ts';
import { messageOf } from '../../../model/errors.ts';
import type { Problem } from '../../../model/job.ts';
import { coverage } from '../../../model/source.ts';
import { allPages } from '../all-pages.ts';
import { documentPrint, folderPrint, userPrint } from '../capture/listing-print.ts';
import { markItemFailed } from '../capture/mark-item-failed.ts';
import { hasFilter, isRecycled } from '../capture/site-place.ts';
import { entryKey } from '../model/site-key.ts';
import type { CrawlStep, FolderToList, SiteItem } from '../model/site-messages.ts';
import { encodePart, mayHold } from '../model/site-path.ts';
import { type CountedPage, pageOrAnew } from '../page-or-anew.ts';
import type { SiteContent, SiteReader, SiteUser } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import type { SiteWorld } from '../site-world.ts';
import { timeIsShort } from '../step-time.ts';
import type { CrawlRun, StepResult } from './crawl-step.ts';
import { FoundItems } from './found-items.ts';

/** What a step may leave to do, in characters: its record in the catalog holds all of it, and an item takes 400 KB. */
const MAX_LEFT = 100_000;
/** What one message carries of that. */
const LEFT_PER_MESSAGE = 25_000;

type Where = Pick<FolderToList, 'path' | 'outside'>;

/** Lists a part of a site, up to a number of things or until time runs short, and compares each with its entry. */
export async function compareSite(run: CrawlRun, world: SiteWorld): Promise<StepResult> {
  const lister = new Lister(run, world);
  await lister.list();
  return lister.result();
}

class Lister {
  readonly #run: CrawlRun;
  readonly #world: SiteWorld;
  readonly #site: SiteReader;
  readonly #covers: (path: string) => boolean;
  /** The newest last: what was found last is listed first, so that what is left stays small. */
  readonly #folders: FolderToList[];
  #users: CrawlStep['users'];
  #wanted: Promise<readonly SiteUser[]> | undefined;
  readonly #refused: FolderToList[] = [];
  readonly #problems: Problem[] = [];
  readonly #found = new FoundItems();
  readonly #counts: Record<string, number> = {};
  #listed = 0;

  constructor(run: CrawlRun, world: SiteWorld) {
    this.#run = run;
    this.#world = world;
    this.#site = world.sites(run.source);
    this.#covers = coverage(run.source);
    this.#folders = [...(run.step.folders ?? [])];
    this.#users = run.step.users;
  }

  async list(): Promise<void> {
    do {
      const folder = this.#folders.pop();
      if (folder !== undefined) await this.#listFolder(folder);
      else if (this.#users !== undefined) await this.#listUsers(this.#users);
      else return;
    } while (!this.#isFull());
  }

  result(): StepResult {
    const left = this.#users === undefined ? [] : [{ phase: 'compare' as const, users: this.#users }];
    const parts = [...this.#split(this.#folders), ...this.#split(this.#refused)];
    const folders = parts.map((own) => ({ phase: 'compare' as const, folders: own }));
    const next = [...folders, ...left];
    return { counts: this.#counts, items: this.#found.items, next, problems: this.#problems };
  }

  #isFull(): boolean {
    return (
      this.#listed >= this.#world.settings.keysPerStep ||
      this.#found.isFull ||
      JSON.stringify([this.#folders, this.#refused]).length > MAX_LEFT ||
      timeIsShort(this.#run.delivery)
    );
  }

  /** What is left, in as many messages as it takes; in two where another handler may help. */
  #split(left: readonly FolderToList[]): FolderToList[][] {
    const { job } = this.#run;
    const { length } = JSON.stringify(left);
    const helped = job.openRanges < this.#world.settings.maxRanges ? 2 : 1;
    const parts = Math.max(helped, Math.ceil(length / LEFT_PER_MESSAGE));
    const size = Math.ceil(left.length / parts);
    return Array.from({ length: parts }, (_, index) => left.slice(index * size, (index + 1) * size)).filter(
      (own) => own.length > 0,
    );
  }

  async #listUsers({ marker }: NonNullable<CrawlStep['users']>): Promise<void> {
    const page = await this.#site.users(defined({ marker }));
    this.#users = page.next === undefined ? undefined : { marker: page.next };
    await this.#each(page.items, (user) => this.#compareUser(user));
  }

  /**
   * Users and folders that a source's settings leave out are listed all the same: what is followed may lie there, since it was
   * moved, or since the settings were wider. Unlisted, all of it would be suspected to be gone, in every crawl.
   */
  async #compareUser(user: SiteUser): Promise<void> {
    const { id, username, rootFolderId, recycleBinFolderId } = user;
    this.#count('users');
    const at = this.#world.clock();
    const wanted = await this.#isWanted(id);
    if (!(await this.#isAsRecorded('user', id, userPrint(user))))
      await this.#findIfFollowed({ kind: 'user', id, at, user: { ...user } }, wanted);
    const top = hasFilter(this.#run.source) ? { path: '' } : {};
    const where = this.#inside(wanted ? top : { outside: true }, username);
    if (rootFolderId !== undefined) {
      // Not listed by anything: asked for, every time.
      await this.#findIfFollowed({ kind: 'folder', id: rootFolderId, user: username }, !where.outside);
      this.#folders.push({ id: rootFolderId, ...where });
    }
    if (recycleBinFolderId !== undefined) this.#folders.push({ id: recycleBinFolderId, bin: true });
  }

  /** Whether the source's query finds a user: only WorkDocs knows what fits one. */
  async #isWanted(id: string): Promise<boolean> {
    const query = this.#run.source.site?.users;
    if (query === undefined) return true;
    this.#wanted ??= allPages((marker) => this.#site.users(defined({ query, marker })));
    return (await this.#wanted).some((user) => user.id === id);
  }

  /**
   * Where a folder lies, to those in it: a path only for as long as it can matter, since a step has to keep what it leaves to
   * do.
   */
  #inside({ path: above, outside }: Where, name: string): Where {
    if (outside === true) return { outside };
    if (above === undefined) return {};
    const { prefix = '', include = [], exclude = [] } = this.#run.source;
    const path = `${above}${encodePart(name)}/`;
    if (!mayHold(path, prefix)) return { outside: true };
    return path.startsWith(prefix) && include.length + exclude.length === 0 ? {} : { path };
  }

  async #listFolder(folder: FolderToList): Promise<void> {
    const page = await this.#contents(folder);
    if (page === undefined) return;
    const { marker: _, ...rest } = folder;
    const { next, restarts } = page;
    if (next !== undefined)
      this.#folders.push({ ...rest, marker: next, ...(restarts > 0 ? { restarts } : {}) });
    await this.#each(page.items, (content) => this.#compare(content, folder));
  }

  /**
   * @returns undefined for a folder that is gone since it was found, or that the site refuses to list: what the catalog has of
   * it, is asked for later
   */
  async #contents(folder: FolderToList): Promise<CountedPage<SiteContent> | undefined> {
    try {
      return await pageOrAnew(folder, (marker) => this.#site.folderContents(folder.id, marker));
    } catch (error) {
      if (isSiteError(error, 'not-found')) return undefined;
      if (isSiteError(error, 'access-denied')) return this.#refuse(folder, error);
      throw error;
    }
  }

  /** One folder that nobody may list keeps no other out of the vault; rights may only take a while to hold. */
  async #refuse(folder: FolderToList, error: SiteError): Promise<undefined> {
    const { id, refused, outside, bin } = folder;
    if (refused !== true) {
      this.#refused.push({ ...folder, refused: true });
      return;
    }
    const why = `the folder ${id} cannot be listed: ${messageOf(error)}`;
    const { delivery } = this.#run;
    // Not of the site as a whole. The last delivery is left to whoever dies while this is told.
    if (delivery.receiveCount < this.#world.settings.maxReceives - 1)
      throw new SiteError('unavailable', why, { cause: error });
    this.#count('failed');
    this.#problems.push({ key: `folder/${id}`, reason: 'failed', detail: why });
    if (outside === true || bin === true) return;
    await markItemFailed({ kind: 'folder', id }, error, { source: this.#run.source, world: this.#world });
  }

  async #compare(content: SiteContent, folder: FolderToList): Promise<void> {
    const thing = content.kind === 'folder' ? content.folder : content.document;
    const inBin = folder.bin === true || isRecycled(thing.status);
    if (inBin) await this.#compareRecycled(content.kind, thing.id);
    else if (content.kind === 'folder') await this.#compareFolder(content.folder, folder);
    else await this.#compareDocument(content.document, folder);
    if (inBin && content.kind === 'folder') this.#folders.push({ id: thing.id, bin: true });
  }

  /** Of what lies in a bin, only what the vault has as if it did not is looked at. */
  async #compareRecycled(kind: 'folder' | 'document', id: string): Promise<void> {
    this.#count('recycled');
    const { catalog } = this.#world;
    const entry = await catalog.getEntry(this.#run.source.source, entryKey({ kind, id }));
    if (entry !== undefined && entry.state !== 'deleted') this.#found.add({ kind, id });
  }

  async #compareFolder(
    folder: Extract<SiteContent, { kind: 'folder' }>['folder'],
    parent: FolderToList,
  ): Promise<void> {
    const { id, name = '' } = folder;
    const where = this.#inside(parent, name);
    this.#folders.push({ id, ...where });
    this.#count('folders');
    if (!(await this.#isAsRecorded('folder', id, folderPrint(folder))))
      await this.#findIfFollowed({ kind: 'folder', id }, !where.outside);
  }

  async #compareDocument(
    document: Extract<SiteContent, { kind: 'document' }>['document'],
    parent: FolderToList,
  ): Promise<void> {
    const { id, latest } = document;
    const within =
      parent.outside !== true &&
      (parent.path === undefined || this.#covers(`${parent.path}${encodePart(latest?.name ?? '')}`));
    this.#count('documents');
    if (!(await this.#isAsRecorded('document', id, documentPrint(document))))
      await this.#findIfFollowed({ kind: 'document', id }, within);
  }

  async #isAsRecorded(kind: 'user' | 'folder' | 'document', id: string, etag: string): Promise<boolean> {
    const { catalog, clock } = this.#world;
    const stamp = { etag, listedAt: clock() };
    const key = entryKey({ kind, id });
    const same = await catalog.stampEntry(this.#run.source.source, key, stamp);
    return same && this.#run.message.deep !== true;
  }

  /** What was within the filters once stays followed, wherever it goes. */
  async #findIfFollowed(item: SiteItem, within: boolean): Promise<void> {
    const { catalog } = this.#world;
    const followed =
      within || (await catalog.getEntry(this.#run.source.source, entryKey(item))) !== undefined;
    if (followed) this.#found.add(item);
    else this.#count('outside');
  }

  async #each<T>(things: readonly T[], look: (thing: T) => Promise<void>): Promise<void> {
    this.#listed += things.length;
    await pMap(things, look, { concurrency: this.#world.settings.concurrency });
  }

  #count(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }
}
