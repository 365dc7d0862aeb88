import { type Comparison, type Difference, DifferenceCount } from '@holdfast/core/source/differences.ts';
import type { RealVersion } from '@holdfast/core/vault/vault-history.ts';
import { skewSeconds } from '../clock-skew.ts';
import type { Connection } from '../connection.ts';
import type { DiffLine, DiffSummary } from '../json/diff.ts';
import { moment } from '../json/moment.ts';
import type { Kinds } from '../kind.ts';

/** What the vault had at a second moment and not at a first one, object by object, and then the totals: `diff`. */
export async function* compareMoments(
  comparison: Comparison,
  { world, clock }: Pick<Connection, 'world' | 'clock'>,
  { kinds }: Kinds,
): AsyncGenerator<DiffLine, DiffSummary> {
  const { source, prefix, from, to } = comparison;
  const counted = new DifferenceCount(comparison);
  for await (const difference of kinds.of(source).history.compare(comparison, world)) {
    counted.add(difference);
    if (isLine(difference)) yield lineOf(source, difference);
  }
  const totals = counted.totals();
  return {
    summary: {
      source,
      prefix,
      from: moment(from),
      to: moment(to),
      ...totals,
      tagged: totals.tagged ?? null,
      clockSkewSeconds: skewSeconds(clock),
    },
  };
}

type Line = Difference & { readonly change: DiffLine['change'] };

/** What was only written again is counted, and is no line. */
function isLine(difference: Difference): difference is Line {
  return difference.change !== 'rewritten';
}

function lineOf(source: string, { key, change, movedFrom, before, after, tags, vaultKey }: Line): DiffLine {
  return {
    source,
    key,
    change,
    movedFrom: movedFrom ?? null,
    before: sideOf(before),
    after: sideOf(after),
    tags: tags === undefined ? null : { before: { ...tags.before }, after: { ...tags.after } },
    vaultKey,
  };
}

function sideOf(version: RealVersion | undefined): DiffLine['before'] {
  if (version === undefined) return null;
  const { size, lastModified, versionId, etag, storageClass } = version;
  return { size, capturedAt: moment(lastModified), vaultVersionId: versionId, etag, storageClass };
}
