import { HoldfastError } from '@holdfast/core/model/errors.ts';
import type { Notice, Notices } from '@holdfast/core/ports/notices.ts';

/** Notices kept in memory. */
export class MemoryNotices implements Notices {
  readonly told: Notice[] = [];
  /** So many of the next are refused. */
  refuse = 0;

  publish(notice: Notice): Promise<void> {
    if (this.refuse > 0) {
      this.refuse--;
      return Promise.reject(new HoldfastError('the topic does not answer', 'retry'));
    }
    this.told.push(structuredClone(notice));
    return Promise.resolve();
  }
}
