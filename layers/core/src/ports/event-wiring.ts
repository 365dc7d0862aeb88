/** What was found, and done, about a bucket's way to the capture queue. */
export type WiringCheck = {
  readonly state: 'ok' | 'repaired' | 'broken';
  readonly detail?: string;
  /** Only the bucket's switch seemed off: for a while after it was switched on, S3 may answer as before. */
  readonly mayBeStale?: true;
};

/**
 * The way of a bucket's events to the capture queue: EventBridge switched on at the bucket, and an enabled rule that takes
 * all of them there.
 * @throws StoreError for a bucket that is gone or may not be read
 */
export interface EventWiring {
  /** Switches EventBridge on at the bucket, keeping every other notification it has. Safe to repeat. */
  connect(bucket: string): Promise<void>;
  /**
   * Checks both ends; switches back on what was switched off; says `broken` for what it cannot mend.
   *
   * @param prefix of the keys that are protected; none: all
   */
  ensure(bucket: string, prefix?: string): Promise<WiringCheck>;
}
