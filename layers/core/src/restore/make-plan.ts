import pMap from 'p-map';
import { type Requests, sumRequests, usageOf } from '../cost/requests.ts';
import { FUNCTION_USAGE } from '../cost/speed.ts';
import { priceOf, sumUsage, timesUsage, total } from '../cost/usage.ts';
import { restoreWork } from '../cost/work.ts';
import { defined } from '../model/defined.ts';
import { namedValues } from '../model/named-values.ts';
import { isArchivedClass, type ListedObject } from '../model/object.ts';
import { Reservoir } from '../model/reservoir.ts';
import { type AcceptedRestore, mayOverwrite } from '../model/restore-request.ts';
import { isTargetItself, mappingOf, targetKey } from '../model/target-key.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { VaultReader, World } from '../ports/world.ts';
import type { Looked, Selected } from '../source/selection.ts';
import type { SourceHistory } from '../source/source-kind.ts';
import { isIdentical } from '../vault/is-identical.ts';
import { partBytesFor } from '../vault/parts.ts';
import { findExtras } from './find-extras.ts';
import { AclCount } from './planned-acls.ts';
import { FailedSum, type RestorePlan, SizeSum } from './restore-plan.ts';
import { TargetLook } from './target-look.ts';
import { targetWorld } from './target-world.ts';
import { whyNotWritten } from './why-not-written.ts';

/** `history`: of the kind that the source is of. */
export type PlanningWorld = Pick<World, 'store' | 'settings'> & { readonly history: SourceHistory };
type Options = {
  readonly onProgress?: (objects: number) => void;
  /** The target is still to be made: nothing is there. */
  readonly targetIsNew?: boolean;
};

const PROGRESS_EVERY = 1_000;
/**
 * Objects of the same size and another ETag are looked at; beyond so many, they are taken to be as those were. Of as many of
 * the same ETag it is looked whether headers, metadata and tags are the same too; beyond, they are taken to be.
 */
const MAX_LOOKS = 1_000;
/** A listing does not tell which copies have tags, and those cost a request more: so many of them are looked at. */
const TAG_LOOKS = 50;
const SEED = 1;

/**
 * Finds out what a restore into a bucket would do, and does nothing. Listings tell nearly all: the vault's, which the
 * restore itself will read, and the target's. What they leave open is looked at as the restore will, up to a bound.
 *
 * Memory does not grow with the number of objects.
 */
export async function makePlan(
  request: AcceptedRestore,
  world: PlanningWorld,
  { onProgress = () => {}, targetIsNew = false }: Options = {},
): Promise<RestorePlan> {
  const there = targetWorld(request, world);
  const count = new Count(request, there);
  const look = new TargetLook(request.target.bucket, there);
  const mapping = mappingOf(request);
  const acls = await AclCount.of(request, there, targetIsNew);
  for await (const { selected } of count.listed(request)) {
    if (selected === undefined) continue;
    acls?.add(selected);
    const to = targetKey(mapping, selected.key);
    const isNew = targetIsNew || whyNotWritten(selected, to) !== undefined || to === '';
    count.add(selected, to, isNew ? undefined : await look.find(to));
    if (count.objects % PROGRESS_EVERY === 0) onProgress(count.objects);
  }
  await count.settleDoubts();
  await count.lookForTags();
  if (request.exact && !targetIsNew) await count.addExtras();
  return { ...count.plan(), ...defined({ acls: acls?.planned }) };
}

type Target = Pick<ListedObject, 'etag' | 'size' | 'lastModified'>;
type Doubt = { readonly selected: Selected; readonly mayReplace: boolean };

/** Counts as objects come by. */
class Count {
  readonly #request: AcceptedRestore;
  readonly #world: PlanningWorld;
  readonly #selected = new SizeSum();
  readonly #fresh = new SizeSum();
  readonly #right = new SizeSum();
  readonly #conflicts = new SizeSum();
  readonly #overwritten = new SizeSum();
  readonly #extras = new SizeSum();
  readonly #failed = new FailedSum();
  readonly #archived = new Map<string, SizeSum>();
  readonly #doubts: Doubt[] = [];
  readonly #alike: Doubt[] = [];
  readonly #looked = new Reservoir<Selected>(TAG_LOOKS, SEED);
  #shareTagged = 0;
  #furtherDoubts = new SizeSum();
  #furtherMayReplace = 0;
  #large = { objects: 0, parts: 0 };
  #largeWritten = { objects: 0, parts: 0 };
  #keys = 0;
  #listings = 0;
  #targetKeys = 0;

  constructor(request: AcceptedRestore, world: PlanningWorld) {
    this.#request = request;
    this.#world = world;
  }

  get objects(): number {
    return this.#selected.objects;
  }

  /** What the vault has, with its listings counted. */
  async *listed(request: AcceptedRestore): AsyncGenerator<Looked> {
    const reading = { most: this.#world.settings.treeDocuments };
    const { history } = this.#world;
    for (const part of history.parts) {
      for await (const looked of history.lookThrough(part, request, undefined, this.#counting(), reading)) {
        this.#keys++;
        yield looked;
      }
    }
  }

  /** @param to the key at the target, and what is there */
  add(selected: Selected, to: string, target: Target | undefined): void {
    const { key, version } = selected;
    this.#selected.add(key, version.size);
    const refused = whyNotWritten(selected, to);
    if (refused !== undefined) this.#failed.add({ key, ...refused }, version.size);
    else if (isTargetItself(key, to, version.size)) this.#right.add(key, version.size);
    else this.#addWritable(selected, target);
  }

  #addWritable(selected: Selected, target: Target | undefined): void {
    const { version } = selected;
    this.#looked.offer(selected);
    if (this.#isLarge(version.size)) this.#large = this.#plusLarge(this.#large, version.size);
    if (target === undefined) this.#write(this.#fresh, selected);
    else if (target.size !== version.size) this.#differs(selected, this.#mayReplace(version, target));
    else if (target.etag === version.etag)
      this.#alikeOrRight({ selected, mayReplace: this.#mayReplace(version, target) });
    else this.#doubt({ selected, mayReplace: this.#mayReplace(version, target) });
  }

  /** Looks closer at what the listings could not tell. */
  async settleDoubts(): Promise<void> {
    await this.#settle(this.#alike);
    const right = await this.#settle(this.#doubts);
    const shareRight = right.filter(Boolean).length / Math.max(1, right.length);
    const { objects, bytes } = this.#furtherDoubts;
    const shareReplaced = this.#furtherMayReplace / Math.max(1, objects);
    spread(this.#right, objects, bytes, shareRight);
    spread(this.#overwritten, objects, bytes, (1 - shareRight) * shareReplaced);
    spread(this.#conflicts, objects, bytes, (1 - shareRight) * (1 - shareReplaced));
  }

  async #settle(doubts: readonly Doubt[]): Promise<boolean[]> {
    const { concurrency } = this.#world.settings;
    const right = await pMap(doubts, ({ selected }) => this.#isRight(selected), { concurrency });
    for (const [index, { selected, mayReplace }] of doubts.entries()) {
      if (right[index] === true) this.#right.add(selected.key, selected.version.size);
      else this.#differs(selected, mayReplace);
    }
    return right;
  }

  /** How many copies have tags, by a few of them. */
  async lookForTags(): Promise<void> {
    const sample = this.#looked.sample();
    const { store, settings } = this.#world;
    const heads = await pMap(sample, (selected) => store.head(this.#copyOf(selected)), {
      concurrency: settings.concurrency,
    });
    const tagged = heads.filter((head) => head.found && head.object.tagCount > 0);
    this.#shareTagged = tagged.length / Math.max(1, sample.length);
  }

  async addExtras(): Promise<void> {
    for await (const { object, extra } of findExtras(this.#request, undefined, this.#world)) {
      this.#targetKeys++;
      if (extra) this.#extras.add(object.key, object.size);
    }
  }

  plan(): RestorePlan {
    const requests = this.#requests();
    const functions = timesUsage(FUNCTION_USAGE.restore, this.objects);
    return {
      at: this.#request.at,
      selected: this.#selected.size,
      fresh: this.#fresh.size,
      right: this.#right.size,
      conflicts: this.#conflicts,
      overwritten: this.#overwritten,
      failed: this.#failed,
      extras: this.#extras,
      held: this.#request.exact && this.#conflicts.objects + this.#failed.objects > 0,
      archived: namedValues([...this.#archived].map(([name, sum]) => [name, sum.size])),
      thaw: this.#request.thaw,
      requests,
      storageClass: this.#request.storageClass,
      dollars: total(priceOf(sumUsage([usageOf(requests), functions]))),
    };
  }

  #requests(): Requests {
    const large = this.#large;
    const small = this.objects - large.objects;
    const taken = this.#right.objects + this.#conflicts.objects + this.#overwritten.objects;
    const written = this.#fresh.objects + this.#overwritten.objects - this.#largeWritten.objects;
    const scope = {
      keys: this.#keys,
      listings: this.#listings,
      small,
      large,
      taken: Math.min(taken, small),
      write: { small: written, large: this.#largeWritten },
      extras: this.#extras.objects,
      targetKeys: this.#targetKeys,
    };
    // Those of the copy are read, and compared with what is right at the target.
    const getTags = this.#shareTagged * (this.objects + this.#right.objects);
    const forAcls = this.#request.acls ? { listVersions: this.objects, getAcl: this.#right.objects } : {};
    return sumRequests([restoreWork(scope, this.#world.settings), { getTags }, forAcls]);
  }

  #counting(): VaultReader {
    const { store, settings } = this.#world;
    const counted: VaultReader['store'] = {
      listVersions: (request) => {
        this.#listings++;
        return store.listVersions(request);
      },
      get: (ref) => store.get(ref),
    };
    return { store: counted, settings };
  }

  #mayReplace(version: Selected['version'], target: Target): boolean {
    return mayOverwrite(this.#request.overwrite, target.lastModified, version.lastModified);
  }

  #differs(selected: Selected, mayReplace: boolean): void {
    if (mayReplace) this.#write(this.#overwritten, selected);
    else this.#conflicts.add(selected.key, selected.version.size);
  }

  #write(sum: SizeSum, { key, version }: Selected): void {
    sum.add(key, version.size);
    // Only what has to be copied is thawed: what is right, or left alone, is not.
    if (isArchivedClass(version.storageClass)) {
      const sum = this.#archived.get(version.storageClass) ?? new SizeSum();
      sum.add(key, version.size);
      this.#archived.set(version.storageClass, sum);
    }
    if (this.#isLarge(version.size)) this.#largeWritten = this.#plusLarge(this.#largeWritten, version.size);
  }

  /** The same bytes: headers, metadata and tags may differ, and only a look tells. */
  #alikeOrRight(doubt: Doubt): void {
    if (this.#alike.length < MAX_LOOKS) this.#alike.push(doubt);
    else this.#right.add(doubt.selected.key, doubt.selected.version.size);
  }

  #doubt(doubt: Doubt): void {
    if (this.#doubts.length < MAX_LOOKS) {
      this.#doubts.push(doubt);
      return;
    }
    this.#furtherDoubts.add(doubt.selected.key, doubt.selected.version.size);
    if (doubt.mayReplace) this.#furtherMayReplace++;
  }

  #copyOf({ vaultKey, version }: Selected): Required<ObjectRef> {
    return { bucket: this.#world.settings.vault, key: vaultKey, versionId: version.versionId };
  }

  async #isRight(selected: Selected): Promise<boolean> {
    const { store } = this.#world;
    const from = this.#copyOf(selected);
    const key = targetKey(mappingOf(this.#request), selected.key);
    const to = { bucket: this.#request.target.bucket, key };
    const [copy, target] = await Promise.all([store.head(from), store.head(to)]);
    if (!copy.found || !target.found) return false;
    const { source, at } = this.#request;
    const { beside } = this.#world.history;
    const asked = { source, key: selected.key, from, copy: copy.object, at };
    const { own } = await beside.tagsAt(asked, this.#world);
    return isIdentical(copy.object, own, target.object, to, { store });
  }

  #isLarge(size: number): boolean {
    return size > this.#world.settings.multipartThresholdBytes;
  }

  #plusLarge({ objects, parts }: { objects: number; parts: number }, size: number) {
    const partBytes = partBytesFor(size, this.#world.settings.partBytes);
    return { objects: objects + 1, parts: parts + Math.ceil(size / partBytes) };
  }
}

function spread(sum: SizeSum, objects: number, bytes: number, share: number): void {
  sum.objects += Math.round(objects * share);
  sum.bytes += Math.round(bytes * share);
}
