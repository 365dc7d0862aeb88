import type { SourceSelection } from '../../source/source-kind.ts';
import { lookThroughSite } from './history/look-through.ts';

/** A site's tree: what is left of it could only be told by reading it again. */
export const workDocsSelection: SourceSelection = {
  parts: ['plain'],
  resumable: false,
  lookThrough: (_, selection, __, world, reading) => lookThroughSite(selection, world, reading),
};
