import { bucketOf } from '../../../model/bucket-uri.ts';
import { aclsUnreadBefore, coverage, readsAcls, type Source } from '../../../model/source.ts';
import type { ListingWorld } from '../../../ports/world.ts';
import { catalogEntries, type KeyRange, sourceObjects } from '../../../vault/listings.ts';
import { mergeListings, type Pair } from '../../../vault/merge-listings.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';
import { classify } from './classify.ts';
import { isMissed, toCapture } from './missed.ts';
import { disagrees, plainCopies, withLongCopy } from './vault-copies.ts';

export type Phase = 'compare' | 'deletions';
/** When a step hands over to the next. */
export type StepLimit = {
  readonly keys: number;
  readonly timeIsShort: () => boolean;
  /** How many copies in the vault are compared as well; absent: the vault is not listed. */
  readonly copies?: number | undefined;
};
export type RangeResult = {
  readonly counts: Record<string, number>;
  /** What has to be captured, in key order. */
  readonly items: CaptureBatch['items'];
  /** Set when the range is not finished: the last key that was looked at. */
  readonly stoppedAt?: string;
  /** Copies that were compared: those that the vault has on top, and those that the catalog says it has. */
  readonly copies: number;
};

type Wishes = {
  readonly retryWaiting: boolean;
  /** What no listing shows is compared, too: each object that is as it was is looked at by itself. */
  readonly deep?: boolean;
};

/**
 * Compares one range of a source with its catalog, up to a number of keys or until time runs short.
 *
 * In the phase `compare`, new and changed objects are collected and missing ones only counted; in the phase
 * `deletions` it is the other way round. So a mass deletion is seen as a whole before any of it is acted upon.
 */
export async function compareRange(
  source: Source,
  phase: Phase,
  range: KeyRange & Wishes,
  limit: StepLimit,
  world: Pick<ListingWorld, 'store' | 'catalog' | 'clock' | 'settings'>,
): Promise<RangeResult> {
  const { prefix } = source;
  const bucket = bucketOf(source.source);
  const ofVault = limit.copies !== undefined;
  const objects = sourceObjects(bucket, prefix, range, world);
  const copies = ofVault ? plainCopies(bucket, prefix, range, world) : undefined;
  const entries = catalogEntries(source.source, prefix, range, world);
  const covers = coverage(source);
  const missedBefore = world.clock() - world.settings.graceMs;
  const collected = new Findings(source, { phase, missedBefore, deep: range.deep ?? false });
  let seen = 0;
  for await (const pair of mergeListings(objects, entries, copies)) {
    if (covers(pair.key)) {
      collected.add(pair, range.retryWaiting);
      if (ofVault) collected.addCopy(await withLongCopy(bucket, pair, world), range.retryWaiting);
    }
    const isFull = ++seen >= limit.keys || (ofVault && collected.copies >= limit.copies);
    if (isFull || (seen % 1000 === 0 && limit.timeIsShort())) {
      return { ...collected.result(), stoppedAt: pair.key };
    }
  }
  return collected.result();
}

type How = { readonly phase: Phase; readonly missedBefore: number; readonly deep: boolean };

type Aside = Pick<CaptureBatch['items'][number], 'tags' | 'acl'>;

/** @returns undefined where no changes of either are captured */
function asideOf(source: Source): Aside | undefined {
  const aside: Aside = {
    ...(source.tagChanges === true ? { tags: true } : {}),
    ...(readsAcls(source) ? { acl: true } : {}),
  };
  return Object.keys(aside).length === 0 ? undefined : aside;
}

class Findings {
  copies = 0;
  private readonly counts: Record<string, number> = {};
  private readonly items: CaptureBatch['items'] = [];
  private readonly source: Source;
  private readonly phase: Phase;
  private readonly missedBefore: number;
  private readonly aclsUnreadBefore: number;
  /** What is asked of an object that is as it was. */
  private readonly aside: Aside | undefined;

  constructor(source: Source, { phase, missedBefore, deep }: How) {
    this.source = source;
    this.phase = phase;
    this.missedBefore = missedBefore;
    this.aclsUnreadBefore = aclsUnreadBefore(source) ?? 0;
    this.aside = deep ? asideOf(source) : undefined;
  }

  add(pair: Pair, retryWaiting: boolean): void {
    const finding = classify(pair, retryWaiting);
    if (this.phase === 'deletions') {
      if (finding === 'gone') this.items.push({ key: pair.key });
      return;
    }
    this.countPair(pair, finding);
    if (finding === 'unchanged') this.addAside(pair);
    if (pair.object === undefined || (finding !== 'new' && finding !== 'changed')) return;
    const { object, entry } = pair;
    this.items.push(toCapture(object, entry));
    if (isMissed(object, entry, this.source, this.missedBefore)) this.count('missed', 1);
  }

  /** What was captured before ACLs were remembered is looked at once more, for that alone; and all, where that is asked for. */
  private addAside({ object, entry }: Pair): void {
    const isUnread = (entry?.capturedAt ?? this.aclsUnreadBefore) < this.aclsUnreadBefore;
    const aside = this.aside ?? (isUnread ? { acl: true as const } : undefined);
    if (object !== undefined && aside !== undefined)
      this.items.push({ ...toCapture(object, entry), ...aside });
  }

  /** What the vault's own listing says of a key that has nothing to be looked at for otherwise. */
  addCopy(pair: Pair, retryWaiting: boolean): void {
    if (pair.copy !== undefined || pair.entry?.state === 'current') this.copies++;
    const finding = classify(pair, retryWaiting);
    if ((finding !== 'unchanged' && finding !== 'nothing') || !disagrees(pair)) return;
    this.count('inDoubt', 1);
    this.items.push({ key: pair.key, inDoubt: true });
  }

  result(): RangeResult {
    const compared = this.copies > 0 ? { copies: this.copies } : {};
    return { counts: { ...this.counts, ...compared }, items: this.items, copies: this.copies };
  }

  private countPair({ object, entry }: Pair, finding: ReturnType<typeof classify>): void {
    if (finding !== 'nothing') this.count(finding, 1);
    if (object !== undefined) {
      this.count('objects', 1);
      this.count('bytes', object.size);
    }
    if (finding === 'waiting') this.count('waitingBytes', object?.size ?? 0);
    if (finding === 'gone') this.count('goneBytes', entry?.size ?? 0);
    if (entry !== undefined && entry.state !== 'deleted') this.count('entries', 1);
  }

  private count(name: string, by: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }
}
