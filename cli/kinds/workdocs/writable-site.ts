import type { SiteReader, SiteWriter } from '@holdfast/core/kinds/workdocs/site.ts';
import type { Source } from '@holdfast/core/model/source.ts';

/** A WorkDocs site, where it is, and the role by which it is written to. */
export type SitePlace = Pick<Source, 'source' | 'site'>;
export type WritableSite = SiteReader & SiteWriter;
