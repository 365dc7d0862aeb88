import { emptyLag } from '@holdfast/core/model/lag.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import { SITE_URI, SiteVault } from '../../../support/site-vault.ts';
import type { CliWorld } from './given-cli.ts';

/** A WorkDocs site whose records the vault has; nothing of it is live. */
export async function givenSite({ pipeline }: CliWorld): Promise<SiteVault> {
  const site = new SiteVault(pipeline);
  await site.begin();
  const source: Source = {
    source: SITE_URI,
    protectedAt: pipeline.now,
    state: 'protected',
    wiring: 'ok',
    totals: { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 },
    lag: emptyLag(),
    site: {},
  };
  await pipeline.catalog.putSource(source);
  return site;
}
