import type { Job, Problem } from '../../../model/job.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import type { Crawl, CrawlStep, SiteItem } from '../model/site-messages.ts';

/** What a step found: what has to be looked at, and where it is to be gone on. */
export type StepResult = {
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly SiteItem[];
  /** The steps that follow, without their ids. */
  readonly next: ReadonlyArray<Omit<CrawlStep, 'id'>>;
  /** What of the site could not be listed. */
  readonly problems?: readonly Problem[];
};

/** One step of a crawl, and what it belongs to. */
export type CrawlRun = {
  readonly source: Source;
  readonly job: Job;
  readonly message: Crawl;
  readonly step: CrawlStep;
  readonly delivery: Delivery;
};
