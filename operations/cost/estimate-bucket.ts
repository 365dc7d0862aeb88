import { type Covered, lookAtSample, takeInventory } from '@holdfast/core/cost/take-inventory.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { CoreStack } from '../core-stack.ts';
import type { CostJson } from '../json/cost.ts';
import { checkAccess } from '../sources/check-bucket.ts';
import { assumptionsOf } from './assumptions.ts';
import { costJson } from './cost-json.ts';

/** How much of a bucket changes on a day: a number of objects, or a share of them. */
export type Changes = { readonly objects: number } | { readonly percent: number };

const USUAL_CHANGES: Changes = { percent: 1 };

/** What is asked: which objects of a bucket, and how they would be protected. */
type Asked = {
  readonly covered: Covered;
  /** A hundredth of the objects unless said. */
  readonly changes: Changes | undefined;
  readonly canary: boolean;
  readonly acls: boolean;
};

/** The way to buckets, and the core stack where there is one: without it, the template's defaults are assumed. */
type Reach = { readonly store: ObjectStore; readonly region: string; readonly stack?: CoreStack };

/** Hears how far it is. */
type Hears = { readonly onListed: (keys: number) => void; readonly onSample: (objects: number) => void };

/**
 * What backing up a bucket costs, by a listing of it and a look at a sample: `cost`.
 *
 * @throws {InvalidInputError} for a bucket that cannot be used, or is in another region
 */
export async function estimateBucket(
  { covered, changes = USUAL_CHANGES, canary, acls }: Asked,
  { store, region, stack }: Reach,
  { onListed, onSample }: Hears,
): Promise<CostJson> {
  checkRegion(covered.bucket, await checkAccess(covered.bucket, { store }), region);
  const assumptions = assumptionsOf(stack);
  const options = { copies: assumptions.copies, onProgress: onListed };
  const inventory = await takeInventory(covered, options, { store });
  onSample(inventory.sample.length);
  const sample = await lookAtSample(covered.bucket, inventory.sample, { store });
  const daily = changesPerDay(changes, inventory.small.objects + inventory.large.objects);
  return costJson({ covered, inventory, sample }, assumptions, { changesPerDay: daily, canary, acls });
}

/** S3 lists a bucket only where it is. */
function checkRegion(bucket: string, itsRegion: string | undefined, region: string): void {
  if (itsRegion === undefined || itsRegion === region) return;
  throw new InvalidInputError(
    `${sourceUri(bucket)} is in ${itsRegion}, and was asked for in ${region}: say --region ${itsRegion}`,
  );
}

/** @param objects that the bucket has */
function changesPerDay(changes: Changes, objects: number): number {
  return 'objects' in changes ? changes.objects : (objects * changes.percent) / 100;
}
