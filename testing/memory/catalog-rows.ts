import type { Job, JobProgress } from '@holdfast/core/model/job.ts';
import type { Source, SourceTotals } from '@holdfast/core/model/source.ts';
import type { SourcePatch } from '@holdfast/core/ports/catalog.ts';
import * as v from 'valibot';

/** A copy of a row as it can be stored: checked, and without fields that are undefined. */
export function record<TSchema extends v.GenericSchema>(
  schema: TSchema,
  row: v.InferOutput<TSchema>,
): v.InferOutput<TSchema> {
  return v.parse(schema, JSON.parse(JSON.stringify(row)));
}

export function addTotals(totals: SourceTotals, more: SourceTotals): SourceTotals {
  return {
    objects: totals.objects + more.objects,
    bytes: totals.bytes + more.bytes,
    unprotected: totals.unprotected + more.unprotected,
    captured: totals.captured + more.captured,
    deleted: totals.deleted + more.deleted,
  };
}

export function addCounts(job: Job, progress: JobProgress): Job {
  const counts: Record<string, number> = { ...job.counts };
  for (const [name, n] of Object.entries(progress.counts ?? {})) counts[name] = (counts[name] ?? 0) + n;
  return {
    ...job,
    openRanges: job.openRanges + (progress.openRanges ?? 0),
    batchesQueued: job.batchesQueued + (progress.batchesQueued ?? 0),
    batchesDone: job.batchesDone + (progress.batchesDone ?? 0),
    counts,
  };
}

/** Each place is a field of its own: those that are not named stay. */
export function placesOf(source: Source, { places }: Pick<Source, 'places'>): Pick<Source, 'places'> {
  return places === undefined ? {} : { places: { ...source.places, ...places } };
}

export function patched(source: Source, { clear = [], ...fields }: SourcePatch): Source {
  const row = { ...source, ...fields, ...placesOf(source, fields) };
  for (const name of clear) delete row[name];
  return row;
}
