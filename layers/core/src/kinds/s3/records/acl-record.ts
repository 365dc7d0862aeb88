import pMap from 'p-map';
import type { KeptAcl } from '../../../model/acl.ts';
import { bucketOf } from '../../../model/bucket-uri.ts';
import type { World } from '../../../ports/world.ts';
import type { AclOfCopy, CopyAt } from '../../../source/beside.ts';
import { type RealVersion, vaultStatesAt } from '../../../vault/vault-history.ts';
import { type AclRecord, aclRecordText, parseAclRecord } from '../model/acl-record.ts';
import { aclRecordKey, aclRecordPrefix } from '../model/vault-key.ts';
import { listedRecord, type RecordKind, recordAt } from './record-beside.ts';

/** What ACL the object of a copy had, where that was not the default one. */
export const ACLS: RecordKind<AclRecord> = {
  what: 'ACL',
  prefixOf: aclRecordPrefix,
  placeOf: aclRecordKey,
  parse: parseAclRecord,
  text: aclRecordText,
};

/** The ACL that the object of a copy had at a moment; undefined where nothing says so, which is the default one if it was read. */
export async function aclAt(
  { source, key, from, copy, at }: CopyAt,
  world: Pick<World, 'store' | 'settings'>,
): Promise<KeptAcl | undefined> {
  const asked = { versionId: from.versionId, madeAt: copy.lastModified, at };
  const place = { bucket: bucketOf(source), key };
  return (await recordAt(ACLS, place, asked, world, ({ first }) => first === true))?.acl;
}

/** So many records are looked at: each is a request, and most buckets have few. */
const MAX_RECORDS = 1_000;

/** The records as they stood at a moment. Hidden ones count: what they are about may be restored as it was. */
export async function knownAcls(
  source: string,
  at: number,
  world: Pick<World, 'store' | 'settings'>,
): Promise<{ found: readonly AclOfCopy[]; more: boolean }> {
  const versions: RealVersion[] = [];
  let more = false;
  const prefix = aclRecordPrefix(bucketOf(source));
  for await (const { current, deleted } of vaultStatesAt(prefix, at, undefined, world)) {
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
