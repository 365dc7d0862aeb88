import type { Entry } from '../model/entry.ts';
import type { ListedVersion } from '../model/object.ts';
import { coverage } from '../model/source.ts';
import type { World } from '../ports/world.ts';
import type { DoubtWorld, TopDoubt, TopRules } from '../source/candidate.ts';
import { vaultVersions } from '../vault/vault-history.ts';
import type { Finding } from './findings.ts';

type LookWorld = DoubtWorld & Pick<World, 'clock'>;
type Request = {
  readonly source: string;
  /** Only what was on top by then, ms since 1970. */
  readonly at?: number;
  readonly rules: TopRules;
  readonly tell: (finding: Finding) => void;
};
type Look = { readonly finding: Finding; readonly mayBeOnItsWay: boolean };

/** What was written in the vault later than this, in ms before now, may be with a handler that is about to record it. */
const RECORDING_MS = 15 * 60 * 1000;
/** How often what may be on its way is looked at once more at the end, and how long apart. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 2000;
/** So many of those are kept in memory; of more, the first look tells. */
const MAX_LATER = 10_000;

/**
 * True when the catalog names what is on top of a key in the vault. Two versions of one ETag are the same bytes: a request that a
 * killed handler had sent can come late, and make once more what is there.
 *
 * @param top undefined when there is nothing at all
 */
export function namesTop(
  entry: Entry | undefined,
  top: ListedVersion | undefined,
  { unprotectedMayBeHidden }: TopRules,
): boolean {
  const onTop = top === undefined || top.deleteMarker ? undefined : top.etag;
  if (entry === undefined || entry.state === 'deleted') return onTop === undefined;
  if (onTop === undefined && entry.state === 'unprotected' && unprotectedMayBeHidden) return true;
  return onTop === entry.vaultEtag;
}

/**
 * Tells of what lies on top in the vault behind the catalog's back. A walk through both only says where to look: by then, what
 * it saw may have been recorded. So each place is looked at by itself, the catalog first; and what was written a moment ago is
 * looked at again when all else is done.
 */
export class TopDoubts {
  readonly #request: Request;
  readonly #world: LookWorld;
  readonly #later: TopDoubt[] = [];
  #covers: Promise<(key: string) => boolean> | undefined;

  constructor(request: Request, world: LookWorld) {
    this.#request = request;
    this.#world = world;
  }

  async look(doubt: TopDoubt): Promise<void> {
    const look = await this.#look(doubt);
    if (look === undefined) return;
    if (look.mayBeOnItsWay && this.#later.length < MAX_LATER) this.#later.push(doubt);
    else this.#request.tell(look.finding);
  }

  /** Looks again at what may have been on its way: to be called when all else is done. */
  async end(pause: (ms: number) => Promise<void>): Promise<void> {
    let left = this.#later.splice(0);
    for (let looks = 1; left.length > 0 && looks <= LOOKS; looks++) {
      const still: TopDoubt[] = [];
      for (const doubt of left) {
        const look = await this.#look(doubt);
        if (look === undefined) continue;
        if (look.mayBeOnItsWay && looks < LOOKS) still.push(doubt);
        else this.#request.tell(look.finding);
      }
      left = still;
      if (left.length > 0) await pause(LOOK_AGAIN_MS);
    }
  }

  async #look({ key, vaultKey, bytes, beside }: TopDoubt): Promise<Look | undefined> {
    if (beside !== undefined) return this.#lookAtRecords(vaultKey, beside);
    const { store, catalog, settings } = this.#world;
    const { source, at, rules } = this.#request;
    // The catalog first: what is copied and recorded in between is new, and looked at again.
    const entry = await catalog.getEntry(source, key);
    const page = await store.listVersions({ bucket: settings.vault, prefix: vaultKey, limit: 1 });
    const top = page.versions.find((version) => version.key === vaultKey);
    if (namesTop(entry, top, rules))
      return bytes === undefined || at !== undefined
        ? undefined
        : this.#lookAtBytes(key, bytes.under, bytes.named(entry));
    if (at !== undefined && (top?.lastModified ?? 0) > at) return undefined;
    const finding = await this.#findingOn(key, vaultKey, entry, top);
    if (finding === undefined) return undefined;
    // What was copied in parts is dated by when that began.
    const isCopying = entry?.reason === 'copying';
    return { finding, mayBeOnItsWay: isCopying || this.#isYoung(top) };
  }

  #isYoung(version: ListedVersion | undefined): boolean {
    return version !== undefined && this.#world.clock() - version.lastModified < RECORDING_MS;
  }

  /** A record of the current copy that lies under something expires; under what no record is, nobody can tell what is. */
  async #lookAtRecords(vaultKey: string, find: NonNullable<TopDoubt['beside']>): Promise<Look | undefined> {
    const found = await find(this.#request.source, this.#world);
    if (found === undefined) return undefined;
    const { top, what, key } = found;
    const { versionId } = top;
    const mayBeOnItsWay = this.#isYoung(top);
    if (key === undefined) {
      const detail = `version ${versionId}: it is no record of ${what}, and none is under it`;
      return { finding: { key: vaultKey, versionId, reason: 'foreign', detail }, mayBeOnItsWay };
    }
    const reason = top.deleteMarker ? 'hidden' : 'foreign';
    const is = top.deleteMarker ? 'a delete marker on' : 'on top of';
    const detail = `version ${versionId}: it is ${is} the record of its ${what}, which expires below it`;
    return {
      finding: { key, versionId, reason, detail: `${detail}${await this.#leftOut(key)}` },
      mayBeOnItsWay,
    };
  }

  /** Of hidden bytes the record and its entry say nothing: their sizes have to add up. */
  async #lookAtBytes(key: string, prefix: string, named: number): Promise<Look | undefined> {
    let onTop = 0;
    let marker: ListedVersion | undefined;
    for await (const version of vaultVersions(prefix, undefined, this.#world)) {
      if (!version.latest) continue;
      if (version.deleteMarker) marker = newerOf(marker, version);
      else onTop += version.size;
    }
    // What is not there at all is told by the walk through the records.
    if (onTop >= named || marker === undefined) return undefined;
    const { versionId, key: place } = marker;
    const detail = `version ${versionId}: it is a delete marker on ${place}, and ${onTop} of the ${named} bytes that the catalog counts are on top`;
    return { finding: { key, versionId, reason: 'hidden', detail }, mayBeOnItsWay: this.#isYoung(marker) };
  }

  async #findingOn(
    key: string,
    vaultKey: string,
    entry: Entry | undefined,
    top: ListedVersion | undefined,
  ): Promise<Finding | undefined> {
    const named = entry?.state === 'deleted' ? undefined : entry?.vaultVersionId;
    if (top === undefined || (!top.deleteMarker && (await this.#isMissing(vaultKey, named)))) {
      if (this.#request.rules.toldUnmatched) return undefined;
      const words = 'the catalog names it, and the vault does not have it';
      return { key, versionId: named ?? '', reason: 'missing', detail: `version ${named}: ${words}` };
    }
    const { versionId } = top;
    const reason = top.deleteMarker ? 'hidden' : 'foreign';
    const words = top.deleteMarker
      ? `it is a delete marker on version ${named}, which the catalog names, and which expires below it`
      : `it is on top, and ${said(entry, named)}`;
    return { key, versionId, reason, detail: `version ${versionId}: ${words}${await this.#leftOut(key)}` };
  }

  async #isMissing(key: string, versionId: string | undefined): Promise<boolean> {
    if (versionId === undefined) return false;
    const head = await this.#world.store.head({ bucket: this.#world.settings.vault, key, versionId });
    return !head.found && head.why === 'absent';
  }

  /** A reconcile looks at no object that the source's settings leave out. */
  async #leftOut(key: string): Promise<string> {
    const { source, rules } = this.#request;
    if (!rules.comparedByFilter) return '';
    this.#covers ??= this.#world.catalog.getSource(source).then(coverage);
    return (await this.#covers)(key)
      ? ''
      : '; the settings of the source leave it out, so that no reconcile looks at it';
  }
}

function newerOf(one: ListedVersion | undefined, other: ListedVersion): ListedVersion {
  return one === undefined || other.lastModified > one.lastModified ? other : one;
}

function said(entry: Entry | undefined, named: string | undefined): string {
  if (entry === undefined) return 'the catalog does not know of it';
  if (entry.state === 'deleted') return 'the catalog calls the object deleted';
  return named === undefined ? 'the catalog names no version' : `the catalog names version ${named}`;
}
