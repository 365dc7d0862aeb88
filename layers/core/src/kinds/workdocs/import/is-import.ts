import type { Source } from '../../../model/source.ts';

/** True for a source that an import filled: nothing is polled or crawled. */
export function isImport({ site }: Pick<Source, 'site'>): boolean {
  return site?.importedFrom !== undefined;
}
