import type { Inventory } from './inventory.ts';
import { CLASS_PRICES, PRICES, type VaultClass } from './prices.ts';
import { ENTRY_BYTES } from './requests.ts';

const GB = 1e9;
const DAYS_PER_MONTH = 30;

/** What becomes of versions that were overwritten or deleted. */
export type Retention = {
  readonly days: number;
  readonly cold?: { readonly afterDays: number; readonly storageClass: VaultClass };
};

/** Bytes that are stored and what they cost a month, in US dollars at list price. */
export type Stored = { readonly bytes: number; readonly dollars: number };

/** The copies of what is there now: always in STANDARD. */
export function currentCopies({ small, large }: Inventory): Stored {
  const bytes = small.bytes + large.bytes;
  return { bytes, dollars: (bytes / GB) * CLASS_PRICES.STANDARD.gbMonth };
}

/** The rows of the table and their backup. */
export function catalogRows({ small, large, archived }: Inventory): Stored {
  const bytes = (small.objects + large.objects + archived.objects) * ENTRY_BYTES;
  return { bytes, dollars: (bytes / GB) * (PRICES.tableGbMonth + PRICES.tableBackupGbMonth) };
}

/**
 * The versions that changes leave behind, once the first of them have expired: from then on as many go as come. Every
 * change is taken to leave a version of the average size behind.
 */
export function oldVersions(changesPerDay: number, inventory: Inventory, retention: Retention): Stored {
  const { days, cold } = retention;
  const { movable, unmovable } = dailyVersions(changesPerDay, inventory);
  const warmDays = cold === undefined ? days : Math.min(days, cold.afterDays);
  const coldDays = days - warmDays;
  const warmBytes = movable.bytes * warmDays + unmovable.bytes * days;
  const coldBytes = movable.bytes * coldDays;
  return {
    bytes: warmBytes + coldBytes,
    dollars:
      (warmBytes / GB) * CLASS_PRICES.STANDARD.gbMonth +
      (cold === undefined || coldDays === 0 ? 0 : coldDollars(movable, coldDays, cold.storageClass)),
  };
}

type Versions = { readonly objects: number; readonly bytes: number };

/** What a day's changes leave behind: S3 moves no version below 128 KiB, and the rest. */
function dailyVersions(changesPerDay: number, { small, large, unmovable }: Inventory) {
  const objects = small.objects + large.objects;
  if (objects === 0) return { movable: NOTHING, unmovable: NOTHING };
  const share = changesPerDay / objects;
  return {
    unmovable: { objects: unmovable.objects * share, bytes: unmovable.bytes * share },
    movable: {
      objects: (objects - unmovable.objects) * share,
      bytes: (small.bytes + large.bytes - unmovable.bytes) * share,
    },
  };
}

const NOTHING: Versions = { objects: 0, bytes: 0 };

/** Storage for at least the class's least time, what it adds to each object, and the moves of a month. */
function coldDollars(daily: Versions, coldDays: number, storageClass: VaultClass): number {
  const { gbMonth, movesPerMillion, leastDays, overheadBytes } = CLASS_PRICES[storageClass];
  const billedDays = Math.max(coldDays, leastDays);
  const own = daily.bytes + daily.objects * (overheadBytes?.own ?? 0);
  const standard = daily.objects * (overheadBytes?.standard ?? 0);
  return (
    ((own * billedDays) / GB) * gbMonth +
    ((standard * billedDays) / GB) * CLASS_PRICES.STANDARD.gbMonth +
    ((daily.objects * DAYS_PER_MONTH) / 1e6) * movesPerMillion
  );
}
