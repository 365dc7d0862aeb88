import type { SourceSelection } from '../../source/source-kind.ts';
import { lookThroughBucket } from './history/look-through.ts';

/** Keys that are part of a vault key in order, then those kept by their hash; from behind any of them. */
export const s3Selection: SourceSelection = {
  parts: ['plain', 'long'],
  resumable: true,
  lookThrough: lookThroughBucket,
};
