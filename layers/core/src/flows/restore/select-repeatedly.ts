import { isSiteUri, siteOf } from '../../model/workdocs/site-uri.ts';
import type { VaultReader } from '../dependencies.ts';
import { readSiteTree, type SiteTree } from '../workdocs/site-tree.ts';
import {
  chooser,
  type Selected,
  type Selection,
  type SiteReading,
  selectedObjects,
} from './select-objects.ts';

/**
 * A selection that is gone through several times: for the names, for the plan, for the bytes. A bucket's history is listed
 * anew each time; the tree of a site, which costs a request for each document, is read once and kept.
 */
export function selectRepeatedly(
  selection: Selection,
  world: VaultReader,
  reading: SiteReading = {},
): () => AsyncIterable<Selected> {
  if (!isSiteUri(selection.source) || selection.versionId !== undefined)
    return () => selectedObjects(selection, world, reading);
  const { source, prefix, at, allVersions, sidecars } = selection;
  const choose = chooser(selection);
  let tree: Promise<SiteTree> | undefined;
  return async function* () {
    tree ??= readSiteTree(siteOf(source), at, world, { ...reading, prefix, allVersions, sidecars });
    for (const state of (await tree).entries()) {
      const selected = choose(state);
      if (selected !== undefined) yield selected;
    }
  };
}
