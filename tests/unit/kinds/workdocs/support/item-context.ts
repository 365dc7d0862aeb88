import type { ItemContext } from '@holdfast/core/kinds/workdocs/capture/item-context.ts';
import { Once, SiteOwners } from '@holdfast/core/kinds/workdocs/capture/item-context.ts';
import { SITE, type SitePipeline } from './site-pipeline.ts';

/** What one thing is looked at with, for a message of a poll that is delivered for the first time. */
export async function itemContext(
  pipeline: SitePipeline,
  more: Partial<ItemContext> = {},
): Promise<ItemContext> {
  const { site, world } = pipeline;
  const source = await pipeline.source();
  return {
    ...{ name: SITE, source, site, world, owners: new SiteOwners(source, site) },
    ...{ redelivered: false, bringsLarge: false, last: false, deep: false, approved: false },
    ...{ folders: new Once(), climbs: new Once(), since: undefined },
    ...{ listed: false, crawled: false, timeLeft: () => 900_000 },
    ...more,
  };
}
