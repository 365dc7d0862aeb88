import type { Source } from '@holdfast/core/model/source.ts';
import type { Rpo, SourceJson } from './json/sources.ts';
import type { StackView } from './ports.ts';

/** How sources of a kind stand, by their rows in the catalog and their small stacks. Pure. */
export type Standing = {
  /**
   * Up to when what changed at a source is known to be in the vault; null where nothing can say so.
   *
   * @param stack the source's small stack, if there is one
   * @param now ms since 1970
   */
  readonly rpo: (source: Source, stack: StackView | undefined, now: number) => Rpo | null;
  /** The command that brings up to date what an earlier version protected; null where there is nothing to. */
  readonly renewal: (source: Source) => string | null;
  /** Whether its tags that change are captured, and its ACLs remembered; null where there are none. */
  readonly captured: (source: Source) => Pick<SourceJson, 'tagChanges' | 'acls'>;
  /** Which keys of entries a source still covers: those of its settings, where those are about keys. */
  readonly covers: (settings: Pick<SourceJson, 'prefix' | 'include' | 'exclude'>) => (key: string) => boolean;
};
