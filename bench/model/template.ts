import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TAG_COPY_MAX_BYTES } from '@holdfast/core/model/tag-bound.ts';
import { MAX_TREE_DOCUMENTS } from '@holdfast/core/model/tree-bound.ts';
import type { Settings } from '@holdfast/core/ports/world.ts';
import { type Document, isSeq, parseDocument } from 'yaml';

const MIB = 1024 * 1024;
const read = (file: string) =>
  parseDocument(readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8'), { logLevel: 'error' });
const root = read('template.yaml');
const rooms = [read('stacks/jobs/template.yaml'), read('stacks/s3/template.yaml')];

/** What the template says of one function and of the queue that it reads. */
export type FunctionSettings = {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number;
};

/** The numbers of the real template, so that the model cannot drift away from what is deployed. */
export const TEMPLATE = {
  captureChanges: functionSettings('CaptureChangesFunction'),
  captureBacklog: functionSettings('CaptureBacklogFunction'),
  reconcileSource: functionSettings('ReconcileSourceFunction'),
  planRestore: functionSettings('PlanRestoreFunction'),
  restoreObjects: functionSettings('RestoreObjectsFunction'),
  writeReport: functionSettings('WriteReportFunction'),
  retryBaseSeconds: parameter('RetryBaseSeconds'),
  retentionDays: parameter('RetentionDays'),
} as const;

/** The settings that the flows get in a stack with the template's defaults. */
export function flowSettings(vault: string): Settings {
  return {
    vault,
    multipartThresholdBytes: parameter('MultipartThresholdMiB') * MIB,
    tagCopyMaxBytes: TAG_COPY_MAX_BYTES,
    partBytes: parameter('PartMiB') * MIB,
    concurrency: parameter('ObjectConcurrency'),
    keysPerStep: parameter('KeysPerStep'),
    treeDocuments: MAX_TREE_DOCUMENTS,
    // As runtime/config.ts has them: they are not parameters.
    maxRanges: 8,
    graceMs: 15 * 60 * 1000,
    maxReceives: 8,
    restoreTargets: ['holdfast-restore-*'],
    exactRestores: false,
    aclRestores: false,
  };
}

function parameter(name: string): number {
  return number(root, ['Parameters', name, 'Default']);
}

function functionSettings(name: string): FunctionSettings {
  const room = rooms.find((one) => one.hasIn(['Resources', name]));
  if (room === undefined) throw new Error(`no template has ${name}`);
  const properties = ['Resources', name, 'Properties'];
  const mapping = [...properties, 'Events', 'Messages', 'Properties'];
  return {
    memoryMiB: number(room, [...properties, 'MemorySize'], ['Globals', 'Function', 'MemorySize']),
    timeoutSeconds: number(room, [...properties, 'Timeout'], ['Globals', 'Function', 'Timeout']),
    batchSize: number(room, [...mapping, 'BatchSize']),
    windowSeconds: Number(room.getIn([...mapping, 'MaximumBatchingWindowInSeconds']) ?? 0),
    maximumConcurrency: number(room, [...mapping, 'ScalingConfig', 'MaximumConcurrency']),
  };
}

/** Where the template chooses, the second choice: that of its defaults. @throws when neither path holds a number: the template was changed in a way the model does not know */
function number(document: Document, path: readonly string[], otherwise: readonly string[] = path): number {
  const found = document.getIn(path) ?? document.getIn(otherwise);
  const value = Number(isSeq(found) && found.tag === '!If' ? found.get(2) : found);
  if (Number.isFinite(value)) return value;
  throw new Error(`the template has no number at ${path.join('.')}`);
}
