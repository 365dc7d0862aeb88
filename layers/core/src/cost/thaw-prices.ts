import type { Archive } from '../model/object.ts';
import { type ThawTier, tierFor } from '../model/thaw.ts';
import { CLASS_PRICES } from './prices.ts';

/** What S3 takes for a retrieval: for a thousand requests, and for each GB of 10^9 bytes. */
type ThawPrice = { readonly perThousand: number; readonly gb: number };

const FREE: ThawPrice = { perThousand: 0, gb: 0 };
const EXPEDITED: ThawPrice = { perThousand: 10, gb: 0.03 };

/**
 * List prices of us-east-1, in US dollars. Sources: aws.amazon.com/s3/pricing; for Flexible Retrieval also the worked
 * example in AWS re:Post, "How do I manage the costs of data retrieval from S3 Glacier". In Intelligent-Tiering only
 * expedited retrievals cost anything (S3 user guide, "Archive retrieval options").
 */
const THAW_PRICES: Readonly<Record<Archive, Readonly<Record<ThawTier, ThawPrice>>>> = {
  GLACIER: { expedited: EXPEDITED, standard: { perThousand: 0.05, gb: 0.01 }, bulk: FREE },
  DEEP_ARCHIVE: deep({ perThousand: 0.1, gb: 0.02 }, { perThousand: 0.025, gb: 0.0025 }),
  ARCHIVE_ACCESS: { expedited: EXPEDITED, standard: FREE, bulk: FREE },
  DEEP_ARCHIVE_ACCESS: deep(FREE, FREE),
};

/** Nothing in a deep archive is expedited: asked for so, it is standard. */
function deep(standard: ThawPrice, bulk: ThawPrice): Readonly<Record<ThawTier, ThawPrice>> {
  return { expedited: standard, standard, bulk };
}

const GB = 1e9;
const DAYS_PER_MONTH = 30;

/**
 * What it costs to thaw so many objects, in US dollars: the requests, the bytes, and the copies that S3 keeps in
 * STANDARD meanwhile. In Intelligent-Tiering there are none: the objects move.
 *
 * @param days how long the copies are kept
 */
export function thawCost(
  archive: Archive,
  tier: ThawTier,
  { bytes, objects, days }: { readonly bytes: number; readonly objects: number; readonly days: number },
): number {
  const { perThousand, gb } = THAW_PRICES[archive][tierFor(archive, tier)];
  const isCopied = archive === 'GLACIER' || archive === 'DEEP_ARCHIVE';
  const kept = isCopied ? (CLASS_PRICES.STANDARD.gbMonth * days) / DAYS_PER_MONTH : 0;
  return (objects / 1000) * perThousand + (bytes / GB) * (gb + kept);
}
