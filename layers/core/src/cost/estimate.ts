import { byTagBound, type Inventory } from './inventory.ts';
import { PRICES } from './prices.ts';
import { type Requests, sumRequests, timesRequests, usageOf } from './requests.ts';
import { FUNCTION_USAGE, SPEED } from './speed.ts';
import { catalogRows, currentCopies, oldVersions, type Retention, type Stored } from './storage.ts';
import { priceOf, sumUsage, timesUsage, total, type Usage } from './usage.ts';
import {
  CANARY,
  captureChanges,
  checkedKeys,
  firstBackup,
  fullRestore,
  hourlyCheck,
  keepAclChanges,
  keepTagChanges,
  readAcls,
  scheduledComparison,
  type WorkSettings,
} from './work.ts';

/** What an estimate takes for granted. */
export type CostPlan = {
  readonly retention: Retention;
  readonly work: WorkSettings;
  readonly changesPerDay: number;
  /** With a canary of its own. */
  readonly canary: boolean;
  /** With ACLs remembered. */
  readonly acls: boolean;
};

/** Something that is done: its requests by kind, its price, and how long it takes. */
export type Work = { readonly requests: Requests; readonly dollars: number; readonly seconds: number };

/** All amounts are in US dollars at list price. */
export type Estimate = {
  readonly firstBackup: Work;
  readonly monthly: {
    readonly copies: Stored;
    readonly oldVersions: Stored;
    readonly catalog: Stored;
    readonly captures: Omit<Work, 'seconds'>;
    readonly reconciles: Omit<Work, 'seconds'>;
    /** The hourly checks, whatever changes. */
    readonly checks: Omit<Work, 'seconds'>;
    /** A canary each hour, with its metric; undefined without one. */
    readonly canary: Omit<Work, 'seconds'> | undefined;
    /** Metrics and alarms of this source. */
    readonly alarms: { readonly dollars: number };
    readonly dollars: number;
  };
  /** One reconcile with nothing changed. */
  readonly reconcile: Work;
  readonly fullRestore: Work;
  /** A million changes of tags in each month: what is asked for, and the versions with other tags that they leave behind. */
  readonly tagChanges: Omit<Work, 'seconds'> & { readonly versions: Stored };
  /** A million changes of ACLs in each month; undefined where they are not remembered. */
  readonly aclChanges: Omit<Work, 'seconds'> | undefined;
  /** Paid once a month for the stack, whatever it protects: its queues are polled, its metrics kept, its alarms watch. */
  readonly stackDollars: number;
};

const DAYS_PER_MONTH = 30;
/** What the stack is watched by: metrics that functions emit, metrics that alarms look at, the topic's key. See ADR 11. */
const STACK_DOLLARS = 13 * PRICES.metricMonth + 22 * PRICES.alarmMonth + PRICES.keyMonth;
const HOURS_PER_MONTH = 24 * DAYS_PER_MONTH;
/** Of each source: three metrics, three alarms, an anomaly band, and the composite of it and its floor. */
const SOURCE_DOLLARS = 3 * PRICES.metricMonth + 6 * PRICES.alarmMonth + PRICES.compositeAlarmMonth;
const QUEUES = 6;
/** Five pollers for each queue, each asking every twenty seconds. Source: Lambda guide, "scaling behavior for SQS". */
const EMPTY_POLLS = QUEUES * 5 * 3 * 60 * 24 * DAYS_PER_MONTH;

export function estimateCost(inventory: Inventory, plan: CostPlan): Estimate {
  const { work, retention, changesPerDay } = plan;
  const changes = changesPerDay * DAYS_PER_MONTH;
  const objects = inventory.small.objects + inventory.large.objects;
  const comparison = scheduledComparison(inventory.listed, work);
  const changeWork = sumRequests([
    captureChanges(changes, inventory),
    plan.acls && objects > 0 ? readAcls(changes, changes) : {},
  ]);
  const captures = workOf(changeWork, timesUsage(FUNCTION_USAGE.change, changes), 0);
  const reconcile = workOf(
    comparison,
    timesUsage(FUNCTION_USAGE.compare, inventory.listed),
    SPEED.startOfCompare + inventory.listed / SPEED.compare,
  );
  const reconciles = {
    requests: timesRequests(comparison, DAYS_PER_MONTH),
    dollars: reconcile.dollars * DAYS_PER_MONTH,
  };
  const copies = currentCopies(inventory);
  const old = oldVersions(changesPerDay, inventory, retention);
  const catalog = catalogRows(inventory);
  const checks = eachHour(hourlyCheck(inventory.listed), [
    FUNCTION_USAGE.check,
    timesUsage(FUNCTION_USAGE.compare, checkedKeys(inventory.listed)),
  ]);
  const canary = plan.canary ? monthlyCanary() : undefined;
  const alarms = { dollars: SOURCE_DOLLARS };
  const all = [copies, old, catalog, captures, reconciles, checks, canary ?? { dollars: 0 }, alarms];
  return {
    firstBackup: workOf(
      sumRequests([firstBackup(inventory, work), plan.acls ? readAcls(objects, 0) : {}]),
      timesUsage(FUNCTION_USAGE.firstBackup, objects + inventory.archived.objects),
      copySeconds(objects + inventory.archived.objects, copies.bytes, SPEED.firstBackup),
    ),
    monthly: {
      copies,
      oldVersions: old,
      catalog,
      captures: { requests: captures.requests, dollars: captures.dollars },
      reconciles,
      checks,
      canary,
      alarms,
      dollars: all.reduce((sum, { dollars }) => sum + dollars, 0),
    },
    reconcile,
    fullRestore: workOf(
      fullRestore(inventory, work),
      timesUsage(FUNCTION_USAGE.restore, objects),
      copySeconds(objects, copies.bytes, SPEED.restore),
    ),
    tagChanges: tagChangesOf(inventory, retention),
    aclChanges: plan.acls ? aclChanges() : undefined,
    stackDollars: (EMPTY_POLLS / 1e6) * PRICES.perMillion.queueRequests + STACK_DOLLARS,
  };
}

function eachHour(requests: Requests, functions: readonly Partial<Usage>[]): Omit<Work, 'seconds'> {
  const one = workOf(requests, sumUsage(functions), 0);
  return {
    requests: timesRequests(one.requests, HOURS_PER_MONTH),
    dollars: one.dollars * HOURS_PER_MONTH,
  };
}

/** Captured like a change, and read back by one more run of the function that checks. */
function monthlyCanary(): Omit<Work, 'seconds'> {
  const { requests, dollars } = eachHour(CANARY, [FUNCTION_USAGE.change, FUNCTION_USAGE.check]);
  return { requests, dollars: dollars + PRICES.metricMonth };
}

const MILLION = 1_000_000;

function tagChangesOf(inventory: Inventory, retention: Retention): Estimate['tagChanges'] {
  const { requests, dollars } = workOf(
    keepTagChanges(MILLION, inventory),
    timesUsage(FUNCTION_USAGE.change, MILLION),
    0,
  );
  const { below, above } = byTagBound(inventory);
  const share = below.objects / Math.max(1, below.objects + above.objects);
  const nothing = { objects: 0, bytes: 0 };
  const copied = {
    ...inventory,
    small: below,
    large: { ...nothing, parts: 0 },
    unmovable: inventory.bands[0] ?? nothing,
  };
  return { requests, dollars, versions: oldVersions((MILLION * share) / DAYS_PER_MONTH, copied, retention) };
}

function aclChanges(): Omit<Work, 'seconds'> {
  const { requests, dollars } = workOf(
    keepAclChanges(MILLION),
    timesUsage(FUNCTION_USAGE.change, MILLION),
    0,
  );
  return { requests, dollars };
}

function workOf(requests: Requests, functions: Partial<Usage>, seconds: number): Work {
  return { requests, dollars: total(priceOf(sumUsage([usageOf(requests), functions]))), seconds };
}

/** Small objects are bound by how many there are, large ones by their bytes. */
function copySeconds(objects: number, bytes: number, objectsPerSecond: number): number {
  if (objects === 0) return 0;
  return SPEED.startOfCopies + Math.max(objects / objectsPerSecond, bytes / SPEED.copiedBytes);
}
