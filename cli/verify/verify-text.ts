import type { Finding } from '@holdfast/core/verify/findings.ts';
import type { Verification } from '@holdfast/core/verify/verify-vault.ts';
import { bytes, count, counted, duration } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';

/** One thing that is other than it should be. */
export function findingText({ key, reason, versionId, detail }: Finding): string {
  return `${reason}  ${visibleKey(key)}  ${detail ?? versionId}`;
}

/** What a verification came to, for people. */
export function verifyText(result: Verification): string[] {
  return [countsText(result), provenText(result), ...wayOut(result)];
}

/** What lies on top in the vault behind the catalog's back is mended by the command that compares the two. */
function wayOut({ source, counts }: Verification): string[] {
  const onTop = (counts['foreign'] ?? 0) + (counts['hidden'] ?? 0);
  if (onTop === 0) return [];
  return [
    `what is foreign or hidden is captured again, or marked deleted, as the source has it: holdfast reconcile ${source} --vault --wait`,
    'of an import: import it again; where the catalog was lost: holdfast reindex',
  ];
}

const NAMES = {
  right: 'right',
  wrong: 'wrong',
  missing: 'missing',
  foreign: 'foreign',
  hidden: 'hidden',
  failed: 'could not be read',
  archived: 'archived',
  unverifiable: 'without a checksum to compare with',
  gone: 'expired meanwhile',
};

function countsText({ counts, startedAt, finishedAt, seed }: Verification): string {
  const { versions = 0, sampled = 0, bytes: read = 0 } = counts;
  const parts = Object.entries(NAMES).flatMap(([name, words]) => {
    const n = counts[name] ?? 0;
    return n === 0 && name !== 'right' && name !== 'wrong' ? [] : [`${count(n)} ${words}`];
  });
  const how = sampled < versions ? ` (seed ${seed})` : '';
  const took = duration(finishedAt - startedAt);
  return `${count(sampled)} of ${counted(versions, 'version')} read${how}: ${parts.join(', ')}; ${bytes(read)} in ${took}`;
}

/** What follows from it for all of them. */
function provenText({ counts, provenBelow, problems }: Verification): string {
  const { versions = 0 } = counts;
  if (problems.length > 0) return 'the vault is not as it was recorded: see the lines above';
  if (versions === 0) return 'there was nothing to prove';
  if (provenBelow === undefined) return 'nothing is proven: none could be compared';
  if (provenBelow === 0) return 'all are proven';
  const share = `${((provenBelow / versions) * 100).toPrecision(2)} %`;
  return `had ${share} of them (${count(provenBelow)}) or more been damaged, this would have shown one, with 95 % certainty`;
}
