import type { ThawTime } from '@holdfast/core/model/thaw.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import { thawOffers } from '../../operations/restore/plan-json.ts';
import { dollars, duration } from '../text/format.ts';
import { table } from '../text/table.ts';

/** What thawing would take, for people; nothing when nothing has to be thawed. */
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
