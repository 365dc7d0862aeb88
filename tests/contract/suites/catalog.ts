import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import { beforeAll, describe } from 'vitest';
import { describeEntries } from './catalog-entries.ts';
import { describeJobs } from './catalog-jobs.ts';
import { describeSources } from './catalog-sources.ts';
import { describeThaws } from './catalog-thaws.ts';

/** The contract of Catalog. Suites keep to sources and jobs of their own: one table serves them all. */
export function describeCatalog(name: string, makeCatalog: () => Catalog | Promise<Catalog>): void {
  describe(`Catalog: ${name}`, () => {
    let catalog: Catalog;
    beforeAll(async () => {
      catalog = await makeCatalog();
    });
    describe('entries', () => describeEntries(() => catalog));
    describe('sources', () => describeSources(() => catalog));
    describe('jobs', () => describeJobs(() => catalog));
    describe('thaws', () => describeThaws(() => catalog));
  });
}
