import type { KeptAcl } from '../model/acl.ts';
import type { ObjectFacts, Tags } from '../model/object.ts';
import { ownTags } from '../model/origin.ts';
import type { ObjectRef } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

/** A copy in the vault, and a moment, ms since 1970: what its object had beside its bytes then is asked for. */
export type CopyAt = {
  /** As the catalog names it. */
  readonly source: string;
  readonly key: string;
  readonly from: Required<ObjectRef>;
  readonly copy: Pick<ObjectFacts, 'size' | 'tagCount' | 'lastModified'>;
  readonly at: number;
};

/** Tags of a copy: all that it carries itself, and those that its object had at the moment. */
export type TagsAt = { readonly carried: Tags; readonly own: Tags };

/** What a record says of the ACL of one copy. */
export type AclOfCopy = { readonly key: string; readonly vaultVersionId: string; readonly acl: KeptAcl };

type Reader = Pick<World, 'store' | 'settings'>;

/** What objects of a kind had beside their bytes. Every method throws StoreError where the vault does not answer. */
export type Beside = {
  readonly tagsAt: (copy: CopyAt, world: Reader) => Promise<TagsAt>;
  /** Absent where objects have no ACLs. */
  readonly acls?: {
    /** The ACL of a copy; undefined where nothing says so, which is the default one if it was read. */
    readonly at: (copy: CopyAt, world: Reader) => Promise<KeptAcl | undefined>;
    /** What is remembered of ACLs of a whole source as of a moment, ms since 1970; of many, the first ones. */
    readonly known: (
      source: string,
      at: number,
      world: Reader,
    ) => Promise<{ readonly found: readonly AclOfCopy[]; readonly more: boolean }>;
  };
};

/** For kinds that have nothing beside their copies: a copy carries its tags. */
export const CARRIED: Beside = {
  tagsAt: async ({ from, copy }, world) => {
    const carried = await carriedTags(from, copy, world);
    return { carried, own: ownTags(carried) };
  },
};

/** The tags that a copy carries itself. */
export async function carriedTags(
  from: Required<ObjectRef>,
  { tagCount }: Pick<ObjectFacts, 'tagCount'>,
  { store }: Pick<World, 'store'>,
): Promise<Tags> {
  return tagCount === 0 ? {} : store.getTags(from);
}
