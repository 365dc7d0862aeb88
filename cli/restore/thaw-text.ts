import { thawCost } from '@holdfast/core/cost/thaw-prices.ts';
import { archiveOf } from '@holdfast/core/model/object.ts';
import { THAW_TIERS, type ThawTime, thawTime, tierFor } from '@holdfast/core/model/thaw.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { PlanJson } from '../../operations/json/restore.ts';
import { dollars, duration } from '../text/format.ts';
import { table } from '../text/table.ts';

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

/** The same for people; nothing when nothing has to be thawed. */
export function thawOfferLines(plan: Pick<RestorePlan, 'archived' | 'thaw'>): string[] {
  const { thaw } = plan;
  const offers = thawOffers(plan);
  if (thaw === undefined || offers.length === 0) return [];
  return [
    ...table(
      [
        { title: 'TO THAW' },
        { title: 'TIER' },
        { title: 'TAKES' },
        { title: 'PRICE', align: 'right' },
        { title: '' },
      ],
      offers.map(({ storageClass, tier, asked, leastSeconds, mostSeconds, dollars: price }) => [
        storageClass,
        tier,
        span({ least: leastSeconds * 1000, most: mostSeconds * 1000 }),
        dollars(price),
        asked ? 'asked for' : '',
      ]),
    ),
    `kept readable for ${thaw.days} days; --tier and --days say otherwise`,
  ];
}

function span({ least, most }: ThawTime): string {
  return least === 0 ? `up to ${duration(most)}` : `${duration(least)} to ${duration(most)}`;
}
