import { defined } from '../../../model/defined.ts';
import type { Problem } from '../../../model/job.ts';
import type { ListedObject } from '../../../model/object.ts';
import type { ImportStep, ListStep } from './import-messages.ts';
import { isInExport, isZipKey } from './import-names.ts';
import { Counter, type StepContext, type StepResult } from './import-world.ts';

/** Objects that one step lists: what follows from them has to fit the step's row in the catalog. */
const OBJECTS_PER_STEP = 200;

/** Lists the next objects of an export, and begins to read each zip among them. */
export async function listExport(step: ListStep, { run, world }: StepContext): Promise<StepResult> {
  const { bucket, prefix } = run.place;
  const request = { bucket, prefix, limit: OBJECTS_PER_STEP, ...defined({ after: step.after }) };
  const page = await world.store.list(request);
  const objects = page.objects.filter(({ key }) => isInExport(run.place, key));
  const zips = objects.filter(({ key }) => isZipKey(key));
  const continuations = zips.map((zip, n) => scanOf(step, zip, n));
  const last = page.objects.at(-1);
  if (page.more && last !== undefined) continuations.push(nextList(step, last.key));
  const counted = step.pass === 'documents' ? account(objects) : {};
  return { openRanges: continuations.length - 1, ...counted, continuations };
}

function scanOf({ jobId, step, pass }: ListStep, { key, size, etag }: ListedObject, n: number): ImportStep {
  return { kind: 'scan', jobId, step: `${step}.z${n}.0`, pass, zip: { key, size, etag } };
}

/** `documents-0` → `documents-1`. */
function nextList(list: ListStep, after: string): ImportStep {
  const step = list.step.replace(/\d+$/, (digits) => String(Number(digits) + 1));
  return { ...list, step, after };
}

/** What is no zip is listed; only the markers that consoles make of folders are nothing. */
function account(objects: readonly ListedObject[]): Pick<StepResult, 'counts' | 'problems'> {
  const counter = new Counter();
  const problems: Problem[] = [];
  for (const { key, size } of objects) {
    if (isZipKey(key)) {
      counter.add('zips');
      counter.add('zipBytes', size);
    } else if (!(key.endsWith('/') && size === 0)) {
      counter.add('leftOut');
      const detail = `it is no zip (${size} bytes): an import reads zips, and what is in them`;
      problems.push({ key: key.slice(0, 500), reason: 'not-a-zip', detail });
    }
  }
  return { counts: counter.counts, problems };
}
