import type { Context } from '../context.ts';
import { count } from '../text/format.ts';

/** Tells how far the tree of a site has been read: a large one takes minutes. */
export function readingDocuments({ output }: Pick<Context, 'output'>): (documents: number) => void {
  return (documents) => output.progress(`${count(documents)} documents read`);
}
