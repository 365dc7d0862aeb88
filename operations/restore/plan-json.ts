import { thawCost } from '@holdfast/core/cost/thaw-prices.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import { archiveOf } from '@holdfast/core/model/object.ts';
import { THAW_TIERS, thawTime, tierFor } from '@holdfast/core/model/thaw.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { PlanJson } from '../json/restore.ts';

/** A plan as `--json` gives it. */
export function planJson({ requests, at, thaw, encryption, acls, ...plan }: RestorePlan): PlanJson {
  const { conflicts, overwritten, extras, failed, archived } = plan;
  return {
    ...plan,
    at: formatMoment(at),
    conflicts: { ...conflicts, examples: [...conflicts.examples] },
    overwritten: { ...overwritten, examples: [...overwritten.examples] },
    failed: { objects: failed.objects, bytes: failed.bytes, problems: [...failed.problems] },
    extras: { ...extras, examples: [...extras.examples] },
    archived: { ...archived },
    storageClass: plan.storageClass ?? null,
    acls: acls === undefined ? null : { ...acls, taken: acls.taken ?? null },
    encryption:
      encryption === undefined ? null : { algorithm: encryption.algorithm, key: encryption.key ?? null },
    thaws: thawOffers({ archived, ...defined({ thaw }) }),
    requests: Math.round(Object.values(requests).reduce((sum, n) => sum + n, 0)),
  };
}

type Offer = PlanJson['thaws'][number];

/** What thawing would take, by storage class and tier: its time as AWS names it, and its list price. */
export function thawOffers({ archived, thaw }: Pick<RestorePlan, 'archived' | 'thaw'>): Offer[] {
  if (thaw === undefined) return [];
  return Object.entries(archived).flatMap(([storageClass, size]) => {
    const archive = archiveOf(storageClass);
    if (archive === undefined) return [];
    const offered = THAW_TIERS.filter((tier) => tierFor(archive, tier) === tier);
    return offered.map((tier) => {
      const { least, most } = thawTime(archive, tier);
      return {
        storageClass,
        tier,
        asked: tierFor(archive, thaw.tier) === tier,
        leastSeconds: least / 1000,
        mostSeconds: most / 1000,
        dollars: thawCost(archive, tier, { ...size, days: thaw.days }),
      };
    });
  });
}
