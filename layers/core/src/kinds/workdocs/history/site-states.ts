import type { SourcePlace } from '../../../model/source-place.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteState } from './site-entries.ts';
import { readSiteTree, type TreeOptions } from './site-tree.ts';

/** Everything the vault knows of a site under a path, as of a moment, in the order of the paths. */
export async function* siteStatesAt(
  { source, prefix }: SourcePlace,
  at: number,
  world: VaultReader,
  options: Omit<TreeOptions, 'prefix'> = {},
): AsyncGenerator<SiteState> {
  const tree = await readSiteTree(siteOf(source), at, world, { ...options, prefix });
  yield* tree.entries();
}
