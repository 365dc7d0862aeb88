import type { SourceSelection } from '../../flows/source-kind.ts';
import { lookThroughBucket } from './look-through.ts';

/** Keys that are part of a vault key in order, then those kept by their hash; from behind any of them. */
export const s3Selection: SourceSelection = {
  parts: ['plain', 'long'],
  resumable: true,
  lookThrough: lookThroughBucket,
};
