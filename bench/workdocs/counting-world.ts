import type { Entry } from '@holdfast/core/model/entry.ts';
import type { EntryPage, StepRecord } from '@holdfast/core/ports/catalog.ts';
import type { ObjectStore, Written } from '@holdfast/core/ports/object-store.ts';
import { MemoryCatalog } from '../../testing/memory/memory-catalog.ts';
import { Requests } from '../../testing/memory/requests.ts';

/** A catalog that has jobs and sources, and of entries and messages nothing but their number. */
export class CountingCatalog extends MemoryCatalog {
  readonly entries = new Requests<'getEntry' | 'putEntry' | 'stampEntry' | 'listEntries' | 'completeStep'>();

  override getEntry(): Promise<Entry | undefined> {
    return this.entries.run('getEntry', [], () => undefined);
  }

  override putEntry(): Promise<boolean> {
    return this.entries.run('putEntry', [], () => true);
  }

  override stampEntry(): Promise<boolean> {
    return this.entries.run('stampEntry', [], () => false);
  }

  override listEntries(): Promise<EntryPage> {
    return this.entries.run('listEntries', [], () => ({ entries: [], more: false }));
  }

  override async completeStep(step: StepRecord): Promise<boolean> {
    await this.entries.run('completeStep', [], () => undefined);
    return super.completeStep({ ...step, continuations: [], problems: [] });
  }
}

/** A vault that takes everything and keeps nothing. */
export class CountingVault {
  readonly requests = new Requests<'write' | 'put' | 'head'>();
  #written = 0;

  /** What a first crawl of small documents asks of it. */
  port(): ObjectStore {
    const asked: Pick<ObjectStore, 'write' | 'put' | 'head'> = {
      write: () => this.requests.run('write', [], () => this.#next()),
      put: () => this.requests.run('put', [], () => this.#next()),
      head: () => this.requests.run('head', [], () => ({ found: false, why: 'absent' })),
    };
    return asked as ObjectStore;
  }

  #next(): Written {
    this.#written += 1;
    return { versionId: `v${this.#written}`, etag: `"${this.#written}"` };
  }
}
