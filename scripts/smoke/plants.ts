/** What can be spoiled on purpose: a smoke test that does not notice it proves nothing. */
export const PLANTS = ['policy', 'object', 'event'] as const;

/**
 * - `policy`: the restore queue's policy lets everybody of the account send
 * - `object`: other bytes are put over a copy in the vault
 * - `event`: the rule is off while an object is written
 */
export type Plant = (typeof PLANTS)[number];
