import type { Notice } from '../model/notice.ts';

/** Tells people outside. */
export interface Notices {
  /**
   * At least once: repeating it tells again.
   * @throws a HoldfastError with remedy `retry` when it was not taken
   */
  publish(notice: Notice): Promise<void>;
}
