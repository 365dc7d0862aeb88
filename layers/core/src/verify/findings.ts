import type { Problem } from '../model/job.ts';

/**
 * `wrong`: not the bytes, or the length, that were recorded. `missing`: the catalog names a version that is not there
 * (I2). `foreign`: on top of a key, and the catalog names another version or none. `hidden`: a delete marker lies on the version
 * that the catalog names. `failed`: could not be read. `archived`: has to be thawed first. `unverifiable`: as long as it should
 * be, and nothing is recorded to compare its bytes with.
 */
export const FINDINGS = [
  'wrong',
  'missing',
  'foreign',
  'hidden',
  'failed',
  'archived',
  'unverifiable',
] as const;

/** Something else than a right copy. */
export type Finding = Problem & {
  readonly reason: (typeof FINDINGS)[number];
  readonly versionId: string;
  /** What was recorded, and what was found: checksums or lengths. */
  readonly expected?: string;
  readonly found?: string;
};

/** True for what a person has to do something about; the others only could not be proven. */
export function isProblem({ reason }: Pick<Finding, 'reason'>): boolean {
  return reason !== 'archived' && reason !== 'unverifiable';
}
