import { defined } from '../../../model/defined.ts';
import type { Problem } from '../../../model/job.ts';
import { coverage, type Source } from '../../../model/source.ts';
import type { KeyRange } from '../../../vault/listings.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';
import { type BesideWorld, isWrong, type RecordsOf, recordsBeside } from '../records/records-beside.ts';
import type { LongResult } from './compare-long.ts';
import type { StepLimit } from './compare-range.ts';

/**
 * Looks for records beside copies (of tags, of ACLs) that somebody hid, covered or wrote. One that is covered is written again. Whether
 * one on top says what the source does, only the source can tell: what was written since `since` is sent to be compared with it.
 *
 * @param range keys of the vault; `since`, ms since 1970: what is older was looked at by an earlier pass
 */
export async function compareBeside(
  source: Source,
  range: KeyRange & { readonly since?: number | undefined },
  limit: StepLimit,
  world: BesideWorld,
): Promise<LongResult> {
  const covers = coverage(source);
  const items: CaptureBatch['items'] = [];
  const problems: Problem[] = [];
  let records = 0;
  let stoppedAt: string | undefined;
  for await (const found of recordsBeside(source, range, world)) {
    if (range.until !== undefined && found.vaultKey > range.until) break;
    records++;
    if (found.is === 'unknown' && isWrong(found)) problems.push(unknown(found));
    if ((found.is === 'named' || found.is === 'covered') && covers(found.key))
      items.push({ key: found.key, inDoubt: true, beside: true });
    if (records < limit.keys && !limit.timeIsShort()) continue;
    stoppedAt = found.vaultKey;
    break;
  }
  const counts = {
    ...(records > 0 ? { records } : {}),
    ...(items.length > 0 ? { inDoubt: items.length } : {}),
    ...(problems.length > 0 ? { failed: problems.length } : {}),
  };
  return { counts, items, problems, copies: 0, ...defined({ stoppedAt }) };
}

/** Nobody can tell of which object it is: its place is a digest. */
function unknown({ vaultKey }: RecordsOf): Problem {
  const detail = `what lies at ${vaultKey} in the vault is no record, and none is under it: a delete marker on it ends that`;
  return { key: vaultKey, reason: 'no-record', detail };
}
