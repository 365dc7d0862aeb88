import { type CostPlan, type Estimate, estimateCost, type Work } from '@holdfast/core/cost/estimate.ts';
import { SIZE_BANDS } from '@holdfast/core/cost/inventory.ts';
import { PRICES } from '@holdfast/core/cost/prices.ts';
import { type Requests, usageOf } from '@holdfast/core/cost/requests.ts';
import type { Stored } from '@holdfast/core/cost/storage.ts';
import type { Covered, TakenInventory } from '@holdfast/core/cost/take-inventory.ts';
import { priceOf, total } from '@holdfast/core/cost/usage.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { CostJson } from '../json/cost.ts';
import type { Assumptions } from './assumptions.ts';

export type Found = {
  readonly covered: Covered;
  readonly inventory: TakenInventory;
  readonly sample: { readonly customerKey: readonly string[]; readonly accessDenied: readonly string[] };
};

const NAMED_KEYS = 5;

/** The estimate for what was found, as `--json` gives it. */
export function costJson(
  found: Found,
  assumptions: Assumptions,
  plan: Pick<CostPlan, 'changesPerDay' | 'canary' | 'acls'>,
): CostJson {
  const { covered, inventory } = found;
  const { retention, work, stack } = assumptions;
  const estimate = estimateCost(inventory, { retention, work, ...plan });
  return {
    source: sourceUri(covered.bucket),
    prefix: covered.prefix ?? null,
    include: [...(covered.include ?? [])],
    exclude: [...(covered.exclude ?? [])],
    ...contentsJson(inventory),
    notCaptured: notCaptured(found),
    asked: askedJson(inventory),
    assumed: {
      stack,
      retentionDays: retention.days,
      coldAfterDays: retention.cold?.afterDays ?? null,
      coldStorageClass: retention.cold?.storageClass ?? null,
      changesPerDay: plan.changesPerDay,
    },
    prices: { region: PRICES.region, date: PRICES.date },
    ...estimateJson(estimate),
  };
}

function contentsJson({ classes, bands, large }: TakenInventory) {
  const sum = (of: 'objects' | 'bytes') => bands.reduce((all, band) => all + band[of], 0);
  return {
    objects: sum('objects'),
    bytes: sum('bytes'),
    classes: [...classes].map(([storageClass, amount]) => ({ storageClass, ...amount })),
    sizes: bands.map((amount, index) => ({ below: SIZE_BANDS[index] ?? null, ...amount })),
    inParts: { ...large },
  };
}

function notCaptured({ inventory, sample }: Found): CostJson['notCaptured'] {
  const { objects, bytes, keys } = inventory.archived;
  const seen = (reason: 'customer-key' | 'access-denied', all: readonly string[]) => ({
    reason,
    objects: null,
    bytes: null,
    ofSample: all.length,
    keys: all.slice(0, NAMED_KEYS),
  });
  return [
    { reason: 'archived' as const, objects, bytes, ofSample: null, keys: [...keys] },
    seen('customer-key', sample.customerKey),
    seen('access-denied', sample.accessDenied),
  ].filter((one) => (one.objects ?? one.ofSample ?? 0) > 0);
}

function askedJson({ listed, listings, sample }: TakenInventory): CostJson['asked'] {
  const requests: Requests = { bucket: 1, list: listings, head: sample.length };
  return {
    listed,
    sample: sample.length,
    requests: count(requests),
    dollars: money(total(priceOf(usageOf(requests)))),
  };
}

function estimateJson({
  firstBackup,
  reconcile,
  fullRestore,
  monthly,
  tagChanges,
  aclChanges,
  stackDollars,
}: Estimate) {
  return {
    firstBackup: workJson(firstBackup),
    reconcile: workJson(reconcile),
    fullRestore: workJson(fullRestore),
    monthly: {
      copies: storedJson(monthly.copies),
      oldVersions: storedJson(monthly.oldVersions),
      catalog: storedJson(monthly.catalog),
      dollars: money(monthly.dollars),
      captures: paidJson(monthly.captures),
      reconciles: paidJson(monthly.reconciles),
      checks: paidJson(monthly.checks),
      canary: monthly.canary === undefined ? null : paidJson(monthly.canary),
      alarms: { dollars: money(monthly.alarms.dollars) },
    },
    perMillionTagChanges: { ...paidJson(tagChanges), versions: storedJson(tagChanges.versions) },
    perMillionAclChanges: aclChanges === undefined ? null : paidJson(aclChanges),
    stackMonthlyDollars: money(stackDollars),
  };
}

function workJson({ seconds, ...work }: Work) {
  return { ...paidJson(work), seconds: Math.round(seconds * 10) / 10 };
}

function paidJson({ requests, dollars }: Pick<Work, 'requests' | 'dollars'>) {
  return { requests: count(requests), dollars: money(dollars) };
}

function storedJson({ bytes, dollars }: Stored) {
  return { bytes: Math.round(bytes), dollars: money(dollars) };
}

/** Millionths of a dollar are as exact as an estimate gets. */
function money(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}

/** All requests together; what EventBridge charges for is an event and not a request. */
function count({ event: _, ...requests }: Requests): number {
  return Math.round(Object.values(requests).reduce((sum, n) => sum + n, 0));
}
