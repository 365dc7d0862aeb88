import { writableSite } from '@holdfast/core/kinds/workdocs/aws/workdocs-site.ts';
import { clientOptions } from '../../connect.ts';
import type { GlobalOptions } from '../../context.ts';
import type { SitePlace, WritableSite } from './writable-site.ts';

/** The way to a WorkDocs site that is restored into. Asks nothing yet. */
export async function connectSite(options: GlobalOptions, place: SitePlace): Promise<WritableSite> {
  return writableSite(place, clientOptions(options));
}
