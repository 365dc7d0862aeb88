import type { Archive } from './object.ts';

/** How fast an archived object is asked for. S3's words, in lower case. */
export const THAW_TIERS = ['bulk', 'standard', 'expedited'] as const;
export type ThawTier = (typeof THAW_TIERS)[number];

/** How a restore asks for what is archived, and for how many days a thawed copy can be read. */
export type Thaw = { readonly tier: ThawTier; readonly days: number };

/** What one request for an archived object says. Intelligent-Tiering knows no days: there it moves for good. */
export type ThawRequest = { readonly tier: ThawTier; readonly days?: number };

const DEEP: ReadonlySet<Archive> = new Set(['DEEP_ARCHIVE', 'DEEP_ARCHIVE_ACCESS']);
const TIERING: ReadonlySet<Archive> = new Set(['ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS']);

/** The tier that is asked for: nothing in a deep archive can be had expedited, and is asked for as standard. */
export function tierFor(archive: Archive, tier: ThawTier): ThawTier {
  return tier === 'expedited' && DEEP.has(archive) ? 'standard' : tier;
}

/** What is asked of S3 for an object in an archive. */
export function thawRequest(archive: Archive, { tier, days }: Thaw): ThawRequest {
  const asked = tierFor(archive, tier);
  return TIERING.has(archive) ? { tier: asked } : { tier: asked, days };
}

/** How long a thaw takes, in milliseconds. */
export type ThawTime = { readonly least: number; readonly most: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const hours = (least: number, most: number): ThawTime => ({ least: least * HOUR, most: most * HOUR });

// Source: S3 user guide, "Archive retrieval options". For deep archives it names only how long it takes at most.
const FLEXIBLE: Readonly<Record<ThawTier, ThawTime>> = {
  expedited: { least: MINUTE, most: 5 * MINUTE },
  standard: hours(3, 5),
  bulk: hours(5, 12),
};
const DEEP_STANDARD = hours(0, 12);
const DEEP_BULK = hours(0, 48);

/** How long S3 says that it takes, typically, from asking until the bytes can be read. */
export function thawTime(archive: Archive, tier: ThawTier): ThawTime {
  if (!DEEP.has(archive)) return FLEXIBLE[tier];
  return tierFor(archive, tier) === 'bulk' ? DEEP_BULK : DEEP_STANDARD;
}

/** Longer than anybody should wait after the time S3 names: then the object is given up, so that its job ends. */
const PATIENCE_MS = 72 * HOUR;

/** When an object that was first asked for at a time is given up. */
export function givenUpAt(askedAt: number, archive: Archive, tier: ThawTier): number {
  return askedAt + thawTime(archive, tier).most + PATIENCE_MS;
}
