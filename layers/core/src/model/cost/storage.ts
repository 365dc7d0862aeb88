import { type Inventory, SIZE_BANDS } from './inventory.ts';
import { CLASS_PRICES, LEAST_MOVED_BYTES, PRICES, type VaultClass } from './prices.ts';
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
  const daily = dailyVersions(changesPerDay, inventory);
  const warmDays = cold === undefined ? days : Math.min(days, cold.afterDays);
  const coldDays = days - warmDays;
  const stays = { bytes: daily.unmovable.bytes * coldDays, objects: daily.unmovable.objects * coldDays };
  const warmBytes = (daily.movable.bytes + daily.unmovable.bytes) * warmDays + stays.bytes;
  const coldBytes = daily.movable.bytes * coldDays;
  return {
    bytes: warmBytes + coldBytes,
    dollars:
      (warmBytes / GB) * CLASS_PRICES.STANDARD.gbMonth +
      (cold === undefined || coldDays === 0 ? 0 : coldDollars(daily.movable, coldDays, cold.storageClass)),
  };
}

type Versions = { readonly objects: number; readonly bytes: number };

/** Smaller ones stay where they are: S3 moves none below 128 KiB. */
function dailyVersions(changesPerDay: number, { small, large, bands }: Inventory) {
  const objects = small.objects + large.objects;
  if (objects === 0) return { movable: NOTHING, unmovable: NOTHING };
  const [tiny = NOTHING] = SIZE_BANDS[0] === LEAST_MOVED_BYTES ? bands : [];
  const share = changesPerDay / objects;
  const unmovable = { objects: tiny.objects * share, bytes: tiny.bytes * share };
  const bytes = (small.bytes + large.bytes) * share - unmovable.bytes;
  return {
    unmovable,
    movable: { objects: Math.max(0, changesPerDay - unmovable.objects), bytes: Math.max(0, bytes) },
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
