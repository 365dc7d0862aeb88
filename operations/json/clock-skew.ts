import * as v from 'valibot';

/** By how many seconds this machine's clock is ahead of AWS's, by which moments are reckoned; below 0 behind, null when right. */
export const ClockSkew = v.nullable(v.number());
