import { MAX_TREE_DOCUMENTS } from '@holdfast/core/model/tree-bound.ts';
import type { Settings } from '@holdfast/core/ports/world.ts';

const MIB = 1024 * 1024;

/** What the probes run with: near what the template sets, with steps that are smaller than its own. */
export const PROBE_SETTINGS: Settings = {
  vault: 'vault',
  multipartThresholdBytes: 64 * MIB,
  tagCopyMaxBytes: MIB,
  partBytes: 16 * MIB,
  concurrency: 16,
  keysPerStep: 10_000,
  treeDocuments: MAX_TREE_DOCUMENTS,
  maxRanges: 8,
  graceMs: 900_000,
  maxReceives: 5,
  restoreTargets: [],
  exactRestores: false,
  aclRestores: false,
};
