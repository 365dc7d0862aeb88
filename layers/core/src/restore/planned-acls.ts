import { takesAcls } from '../model/acl.ts';
import { defined } from '../model/defined.ts';
import { isStoreError } from '../model/errors.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { World } from '../ports/world.ts';
import type { AclOfCopy } from '../source/beside.ts';
import type { Selected } from '../source/selection.ts';
import type { SourceHistory } from '../source/source-kind.ts';
import type { PlannedAcls } from './restore-plan.ts';

type PlanningWorld = Pick<World, 'store' | 'settings'> & {
  readonly history: Pick<SourceHistory, 'beside'>;
};

const NONE = { found: [], more: false };

/** Counts the objects of a plan that have an ACL which is not the default one, by the records of the moment. */
export class AclCount {
  readonly #records: ReadonlyMap<string, AclOfCopy>;
  readonly #atLeast: boolean;
  readonly #taken: boolean | undefined;
  #objects = 0;

  private constructor(records: readonly AclOfCopy[], atLeast: boolean, taken: boolean | undefined) {
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
    const { found, more } = (await world.history.beside.acls?.known(source, at, world)) ?? NONE;
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

async function isTaken(bucket: string, { store }: Pick<World, 'store'>): Promise<boolean | undefined> {
  try {
    return takesAcls(await store.ownership(bucket));
  } catch (error) {
    if (isStoreError(error, 'access-denied')) return undefined;
    throw error;
  }
}
