import { defined } from '../../../model/defined.ts';
import type { VaultReader } from '../../../ports/world.ts';
import {
  chooser,
  type Looked,
  type Selected,
  type Selection,
  selectedOf,
  type TreeReading,
} from '../../../source/selection.ts';
import { siteOf } from '../model/site-uri.ts';
import { siteStatesAt } from './site-states.ts';
import { readSiteTree, type SiteTree } from './site-tree.ts';
import { siteVersion } from './site-version.ts';

/** Goes through what the vault has of a site, always from its beginning. */
export async function* lookThroughSite(
  selection: Selection,
  world: VaultReader,
  reading: TreeReading,
): AsyncGenerator<Looked> {
  const { at, versionId, allVersions, sidecars } = selection;
  if (versionId !== undefined) {
    const state = await siteVersion(selection, versionId, world);
    const version = state?.current ?? state?.deleted?.last;
    if (state !== undefined && version !== undefined)
      yield { mark: state.key, selected: selectedOf(state, version) };
    return;
  }
  const choose = chooser(selection);
  for await (const state of siteStatesAt(selection, at, world, { ...reading, allVersions, sidecars })) {
    yield { mark: state.key, ...defined({ selected: choose(state) }) };
  }
}

/** As {@link lookThroughSite}, several times: the tree, which costs a request for each document, is read once and kept. */
export function selectSiteRepeatedly(
  selection: Selection,
  world: VaultReader,
  reading: TreeReading,
): () => AsyncIterable<Selected> {
  if (selection.versionId !== undefined) return () => selectedIn(lookThroughSite(selection, world, reading));
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

async function* selectedIn(looked: AsyncIterable<Looked>): AsyncGenerator<Selected> {
  for await (const { selected } of looked) if (selected !== undefined) yield selected;
}
