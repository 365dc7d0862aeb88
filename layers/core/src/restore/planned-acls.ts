import pMap from 'p-map';
import type { AclRecord } from '../kinds/s3/model/acl-record.ts';
import { aclRecordPrefix } from '../kinds/s3/model/vault-key.ts';
import { ACLS } from '../kinds/s3/records/acl-record.ts';
import { listedRecord } from '../kinds/s3/records/record-beside.ts';
import { takesAcls } from '../model/acl.ts';
import { bucketOf } from '../model/bucket-uri.ts';
import { defined } from '../model/defined.ts';
import { isStoreError } from '../model/errors.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { World } from '../ports/world.ts';
import type { Selected } from '../source/selection.ts';
import { type RealVersion, vaultStatesAt } from '../vault/vault-history.ts';
import type { PlannedAcls } from './restore-plan.ts';

type PlanningWorld = Pick<World, 'store' | 'settings'>;

/** So many records are looked at: each is a request, and most buckets have few. */
const MAX_RECORDS = 1_000;

/** Counts the objects of a plan that have an ACL which is not the default one, by the records of the moment. */
export class AclCount {
  readonly #records: ReadonlyMap<string, AclRecord>;
  readonly #atLeast: boolean;
  readonly #taken: boolean | undefined;
  #objects = 0;

  private constructor(records: readonly AclRecord[], atLeast: boolean, taken: boolean | undefined) {
    this.#records = new Map(records.map((record) => [record.key, record]));
    this.#atLeast = atLeast;
    this.#taken = taken;
  }

  /** @returns undefined where nobody asked for ACLs */
  static async of(
    { acls, source, at, target }: AcceptedRestore,
    world: PlanningWorld,
    targetIsNew: boolean,
  ): Promise<AclCount | undefined> {
    if (!acls) return undefined;
    const { found, more } = await recordsAt(bucketOf(source), at, world);
    // A bucket that is made for a restore is made as S3 makes buckets: with ACLs switched off.
    return new AclCount(found, more, targetIsNew ? false : await isTaken(target.bucket, world));
  }

  add({ key, version }: Pick<Selected, 'key' | 'version'>): void {
    const record = this.#records.get(key);
    if (record?.vaultVersionId === version.versionId && typeof record.acl !== 'string') this.#objects++;
  }

  get planned(): PlannedAcls {
    return { objects: this.#objects, atLeast: this.#atLeast, ...defined({ taken: this.#taken }) };
  }
}

/** The records as they stood at a moment. Hidden ones count: what they are about may be restored as it was. */
async function recordsAt(
  bucket: string,
  at: number,
  world: PlanningWorld,
): Promise<{ found: readonly AclRecord[]; more: boolean }> {
  const versions: RealVersion[] = [];
  let more = false;
  for await (const { current, deleted } of vaultStatesAt(aclRecordPrefix(bucket), at, undefined, world)) {
    const version = current ?? deleted?.last;
    if (version === undefined) continue;
    more = versions.length >= MAX_RECORDS;
    if (more) break;
    versions.push(version);
  }
  const read = (version: RealVersion) => listedRecord(ACLS, version, world);
  const found = await pMap(versions, read, { concurrency: world.settings.concurrency });
  return { found: found.filter((record) => record !== undefined), more };
}

async function isTaken(bucket: string, { store }: PlanningWorld): Promise<boolean | undefined> {
  try {
    return takesAcls(await store.ownership(bucket));
  } catch (error) {
    if (isStoreError(error, 'access-denied')) return undefined;
    throw error;
  }
}
