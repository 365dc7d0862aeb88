import { createHash } from 'node:crypto';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Grants, KeptAcl } from '@holdfast/core/model/acl.ts';
import { ownTags } from '@holdfast/core/model/origin.ts';
import type { MemoryBucket } from '../memory/memory-bucket.ts';
import type { Content } from '../memory/s3-content.ts';
import { isObject } from '../memory/s3-version.ts';
import { ABSENT, type Print, print } from './model.ts';

/** What records beside a copy say of its object. */
type Beside = { readonly tags?: Content['tags']; readonly grants?: Grants };

/** The ACLs of histories, by what the model calls them. */
const OTHERS = ['', 'd', 'e'] as const;

/** What an ACL of a history grants; undefined for the default one. */
export function grantsOf(acl: number): Grants | undefined {
  return acl === 0 ? undefined : [{ to: (OTHERS[acl] ?? '').repeat(64), may: 'READ' }];
}

function aclOf(grants: Grants | undefined): number {
  return Math.max(0, OTHERS.indexOf((grants?.[0]?.to[0] ?? '') as ''));
}

/**
 * What a stored object holds, as the model tells it; what Holdfast adds to its tags left out.
 *
 * @param beside what records beside it say, if there are any
 */
export function printOf(content: Content | undefined, beside: Beside = {}): Print {
  if (content === undefined) return ABSENT;
  const { body, headers, metadata, tags, grants } = content;
  return print({
    body: body.toString(),
    type: headers.contentType ?? '',
    metadata,
    tags: beside.tags ?? ownTags(tags),
    acl: aclOf(beside.grants ?? grants),
  });
}

/** What is on top of an object in the vault, with what the newest records beside it say of it. */
export function printOfCopy(vault: MemoryBucket, bucket: string, key: string): Print {
  const copy = vault.current(vaultPlace(bucket, key).key);
  if (copy === undefined) return ABSENT;
  const digest = createHash('sha256').update(key).digest('hex');
  const said = (kind: string) => {
    const newest = vault.versions(`s3/${bucket}~${kind}/${digest}.json`).find(isObject);
    const record = newest === undefined ? undefined : (JSON.parse(newest.content.body.toString()) as Said);
    return record?.vaultVersionId === copy.versionId ? record : undefined;
  };
  const tags = said('tags')?.tags;
  const acl = said('acls')?.acl;
  return printOf(copy.content, {
    ...(tags === undefined ? {} : { tags: Object.fromEntries(tags) }),
    ...(typeof acl === 'object' ? { grants: acl } : {}),
  });
}

type Said = {
  readonly vaultVersionId: string;
  readonly tags?: ReadonlyArray<readonly [string, string]>;
  readonly acl?: KeptAcl;
};

/** A key as a breach is told of. */
export function short(key: string): string {
  return key.length > 20 ? `${key.slice(0, 3)}…` : key;
}
