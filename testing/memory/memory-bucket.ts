import type { Ownership } from '@holdfast/core/model/acl.ts';
import { OWN_ACCOUNT } from './bucket-owners.ts';
import { isObject, NULL_VERSION, type StoredObject, type StoredVersion } from './s3-version.ts';
import { SortedMap } from './sorted-map.ts';

export type Versioning = 'never' | 'enabled' | 'suspended';

/** A rule that is not there, or does not do all of what it is for. */
export type RuleState = 'enabled' | 'disabled' | 'missing' | 'narrowed' | 'elsewhere';

/** One bucket: every key's versions, newest first, and the switches a test can throw. */
export class MemoryBucket {
  readonly name: string;
  readonly region: string;
  /** Who it belongs to. */
  account = OWN_ACCOUNT;
  versioning: Versioning;
  /** EventBridge switched on in the bucket's notification configuration. */
  eventBridge = false;
  /** The rule that takes this bucket's events to the capture queue. */
  rule: RuleState = 'missing';
  denied = false;
  /** For whoever asks, there is no such bucket. */
  missing = false;
  /** Object Lock's default retention, in ms; 0 is none. */
  lockMs = 0;
  /** What it does with ACLs: as a new bucket has it, they are switched off. */
  ownership: Ownership = 'BucketOwnerEnforced';
  /** Refuses ACLs that grant something to everybody (BlockPublicAcls). */
  blocksPublicAcls = false;
  /** Encryption by default with a key of KMS. */
  kmsKey: string | undefined;
  readonly deniedKeys = new Set<string>();
  /** Keys whose ACL may not be read: their writer is another account, and has granted that to nobody. */
  readonly deniedAcls = new Set<string>();
  readonly #versions = new SortedMap<readonly StoredVersion[]>();
  readonly #orders = new Map<string, number>();

  constructor(name: string, region: string, versioning: Versioning) {
    this.name = name;
    this.region = region;
    this.versioning = versioning;
  }

  /** Every key that has versions, in UTF-8 order, with its versions newest first. */
  walk(options: { prefix?: string; after?: string; inclusive?: boolean }) {
    return this.#versions.walk(options);
  }

  /** How many keys there are, those behind a delete marker included. */
  get keyCount(): number {
    return this.#versions.size;
  }

  versions(key: string): readonly StoredVersion[] {
    return this.#versions.get(key) ?? [];
  }

  /** The object a plain GET would find; a delete marker hides what is below it. */
  current(key: string): StoredObject | undefined {
    const [newest] = this.versions(key);
    return isObject(newest) ? newest : undefined;
  }

  find(key: string, versionId?: string): StoredObject | undefined {
    if (versionId === undefined) return this.current(key);
    const version = this.versions(key).find((candidate) => candidate.versionId === versionId);
    return isObject(version) ? version : undefined;
  }

  /**
   * Adds a version where its order puts it. There is only one null version: the newer of two stays.
   * @returns false when the version was lost at once to a newer null version
   */
  add(version: StoredVersion): boolean {
    const known = this.versions(version.key);
    const rival = known.find(
      (other) => version.versionId === NULL_VERSION && other.versionId === NULL_VERSION,
    );
    if (rival !== undefined && rival.order > version.order) return false;
    this.#orders.set(`${version.key}\0${version.versionId}`, version.order);
    const rest = known.filter((other) => other !== rival);
    const place = rest.findIndex((other) => other.order < version.order);
    this.#versions.set(version.key, rest.toSpliced(place === -1 ? rest.length : place, 0, version));
    return true;
  }

  /** The order of a version that is, or was, here: a listing can go on behind one that has been deleted since. */
  orderOf(key: string, versionId: string): number | undefined {
    return this.#orders.get(`${key}\0${versionId}`);
  }

  /** @returns what was removed, if anything was */
  remove(key: string, versionId: string): StoredVersion | undefined {
    const known = this.versions(key);
    const removed = known.find((version) => version.versionId === versionId);
    const rest = known.filter((version) => version !== removed);
    if (rest.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, rest);
    return removed;
  }
}
