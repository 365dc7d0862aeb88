import { byTagBound, type Inventory } from './inventory.ts';
import { type Requests, sumRequests, timesRequests } from './requests.ts';

/** What of the stack's settings decides how many requests there are. */
export type WorkSettings = { readonly keysPerStep: number };

/** Objects in one message, keys in one page, messages in one SendMessageBatch. */
const BATCH = 100;
const PAGE = 1000;
const SEND_BATCH = 10;
/** So many daily slices of the vault are the whole: see kinds/s3/reconcile/vault-slice.ts. */
const SLICES = 6.5;
/** Bound of an hourly check. */
const CHECKED_PAGES = 8;
/** Ranges that one source is listed in at most. Each cut takes a listing or two, of one key. */
const MAX_RANGES = 8;
/** What SQS is asked for a message that is received by itself: receive and delete. */
const HANDLED = 2;

/** A job's report, in a message of its own: for programs and for people. */
const REPORT: Requests = { getJob: 1, listProblems: 1, put: 2, queue: 1 + HANDLED };

/** A reconcile of so many keys of which nothing changed; the listing part of any reconcile or restore. */
function compareKeys(keys: number, { keysPerStep }: WorkSettings): Requests {
  const steps = stepsFor(keys, keysPerStep);
  const cuts = cutsFor(keys, keysPerStep);
  return sumRequests([
    // A step reads up to one page on each side that the next one reads again.
    { list: pages(keys) + (steps - 1) + cuts, listEntries: pages(keys) + (steps - 1) },
    { completeStep: steps, getJob: 2 * steps, getSource: steps + 1, createJob: 1 },
    { patchSource: 2, resetTotals: 1, finishJob: 1 },
    REPORT,
    { queue: HANDLED * steps + (steps - 1) },
  ]);
}

/** A scheduled reconcile of which nothing changed: it compares a slice of the vault as well. */
export function scheduledComparison(keys: number, settings: WorkSettings): Requests {
  return sumRequests([compareKeys(keys, settings), vaultSlice(keys, settings)]);
}

/** A week's slice: its copies, those of long keys, and where the next one goes on; a step of its own. */
function vaultSlice(keys: number, { keysPerStep }: WorkSettings): Requests {
  const copies = Math.max(Math.min(PAGE, keysPerStep), keys / SLICES);
  return { list: pages(copies) + 2, getSource: 1, patchSource: 2, completeStep: 1 };
}

/** The first reconcile of a bucket: everything is new. */
export function firstBackup(inventory: Inventory, settings: WorkSettings): Requests {
  const { small, large, archived } = inventory;
  const found = small.objects + large.objects + archived.objects;
  return sumRequests([
    listingOfNew(inventory, settings),
    { head: found, putEntry: found, copy: small.objects },
    timesRequests(COPY_IN_PARTS, large.objects),
    { copyPart: large.parts },
    batches(found),
  ]);
}

/** The catalog is empty: its pages are, too. */
function listingOfNew({ listed }: Inventory, settings: WorkSettings): Requests {
  const { listEntries: _, ...rest } = compareKeys(listed, settings);
  return { ...rest, emptyPage: stepsFor(listed, settings.keysPerStep) };
}

/** Beside its parts, and what every object costs: the upload's begin and end, and the message that copies the parts. */
const COPY_IN_PARTS: Requests = {
  beginMultipart: 1,
  listParts: 1,
  completeMultipart: 1,
  // What is on top, before the end and after it; the source, before the end and after it.
  head: 4,
  getEntry: 1,
  putEntry: 1,
  addActivity: 1,
  queue: 1 + HANDLED,
};

function batches(objects: number): Requests {
  const messages = Math.ceil(objects / BATCH);
  return {
    completeStep: messages,
    // Before it, whether the job was cancelled; after it, whether it was the last.
    getJob: 2 * messages,
    queue: HANDLED * messages + Math.ceil(messages / SEND_BATCH),
  };
}

/**
 * So many changes, each by its own event and alone in its batch: what a bucket costs that changes slowly. One that
 * changes quickly costs up to a fifth less.
 */
export function captureChanges(changes: number, inventory: Inventory): Requests {
  const { small, large } = inventory;
  const objects = small.objects + large.objects;
  if (objects === 0) return {};
  const each: Requests = { event: 1, queue: 1 + HANDLED, getEntry: 1, head: 1, putEntry: 1, addActivity: 1 };
  return sumRequests([
    timesRequests(each, changes),
    { copy: (changes * small.objects) / objects, copyPart: (changes * large.parts) / objects },
    timesRequests(COPY_IN_PARTS, (changes * large.objects) / objects),
    { head: changes * shareAboveTagBound(inventory) },
  ]);
}

/** Of those that are replaced, whether there is a record of their tags is looked at. */
function shareAboveTagBound(inventory: Inventory): number {
  const { below, above } = byTagBound(inventory);
  return above.objects / Math.max(1, below.objects + above.objects);
}

/** So many times that tags of objects were changed, each by its own event and alone in its batch, on objects like these. */
export function keepTagChanges(changes: number, inventory: Inventory): Requests {
  const above = changes * shareAboveTagBound(inventory);
  const each = { event: 1, queue: 1 + HANDLED, getEntry: 1, head: 2, getTags: 2, addActivity: 1 };
  const copied = changes - above;
  return sumRequests([
    timesRequests(each, changes),
    { copy: copied, putEntry: copied, head: above, get: above, put: above },
  ]);
}

/**
 * What ACLs that are remembered cost beside the captures of so many changes, all of them the default one, whose objects had a
 * copy before: whether there is a record of that one's ACL is looked at.
 */
export function readAcls(captures: number, replaced: number): Requests {
  return { getAcl: captures, head: replaced };
}

/** So many times that ACLs of objects were changed, each by its own event and alone in its batch, and are remembered. */
export function keepAclChanges(changes: number): Requests {
  const each = {
    event: 1,
    queue: 1 + HANDLED,
    getEntry: 1,
    head: 3,
    get: 1,
    getAcl: 2,
    put: 1,
    addActivity: 1,
  };
  return timesRequests(each, changes);
}

/** What an hourly check looks at most, of a bucket with so many keys. */
export function checkedKeys(keys: number): number {
  return Math.min(keys, CHECKED_PAGES * PAGE);
}

/** One hourly check of a bucket with so many keys, that finds all well. */
export function hourlyCheck(keys: number): Requests {
  const looks = pages(checkedKeys(keys));
  return {
    list: looks,
    ...(keys === 0 ? { emptyPage: 1 } : { listEntries: looks }),
    ensure: 1,
    getSource: 1,
    patchSource: 3,
    queue: 1 + HANDLED,
  };
}

/** One canary, the whole way and back: a change like others, that is also written, and read from the vault. */
export const CANARY: Requests = {
  put: 1,
  event: 1,
  head: 1,
  copy: 1,
  getEntry: 3,
  putEntry: 1,
  addActivity: 1,
  get: 1,
  getSource: 1,
  patchSource: 2,
  queue: 2 * (1 + HANDLED),
};

/** Everything that was captured, into an empty bucket. */
export function fullRestore({ small, large }: Inventory, settings: WorkSettings): Requests {
  const keys = small.objects + large.objects;
  const write = { small: small.objects, large };
  const scope = { keys, listings: pages(keys), small: small.objects, large, taken: 0, write };
  return restoreWork({ ...scope, extras: 0, targetKeys: 0 }, settings);
}

type LargeObjects = { readonly objects: number; readonly parts: number };

/** What a restore has to do, as far as it decides on requests. */
export type RestoreScope = {
  /** Keys of the vault that the plan goes through, and pages that they take with all their versions. */
  readonly keys: number;
  readonly listings: number;
  /** Objects that are asked for, the large ones apart. */
  readonly small: number;
  readonly large: Pick<LargeObjects, 'objects'>;
  /** Of the small ones, those whose place at the target is taken. */
  readonly taken: number;
  /** What has to be written. */
  readonly write: { readonly small: number; readonly large: LargeObjects };
  /** What an exact restore deletes, and the keys that it goes through for that; 0 of any other. */
  readonly extras: number;
  readonly targetKeys: number;
};

/** Any restore into a bucket. */
export function restoreWork(scope: RestoreScope, { keysPerStep }: WorkSettings): Requests {
  const { small, large, taken, write } = scope;
  // Plain keys, then a last step for those that are kept by their hash.
  const steps = wholeSteps(scope.keys, keysPerStep) + 1;
  const batches = Math.ceil(small / BATCH);
  const messages = batches + large.objects;
  return sumRequests([
    {
      listVersions: scope.listings + steps + 1,
      createJob: 1,
      getSource: 1,
      finishJob: 1,
    },
    REPORT,
    { completeStep: steps, getJob: 2 * steps, queue: HANDLED * steps + steps },
    // The copy of each. Of the target, a listing for each batch tells what is there; the first of a batch, and what is
    // there, is looked at.
    { head: small + 2 * large.objects + Math.min(small, batches + taken), list: batches },
    { copy: write.small, copyPart: write.large.parts },
    {
      beginMultipart: write.large.objects,
      listParts: write.large.objects,
      completeMultipart: write.large.objects,
    },
    { completeStep: messages, getJob: 2 * messages },
    { queue: HANDLED * messages + Math.ceil(messages / SEND_BATCH) },
    extrasWork(scope, keysPerStep),
  ]);
}

/** Target and source are gone through twice: to count, and to delete. */
function extrasWork({ targetKeys, listings, extras }: RestoreScope, keysPerStep: number): Requests {
  if (targetKeys === 0) return {};
  const steps = 2 * wholeSteps(targetKeys, keysPerStep);
  return {
    list: 2 * pages(targetKeys) + steps,
    listVersions: 2 * listings + steps,
    hide: extras,
    enterDeletions: 1,
    getStep: steps,
    completeStep: steps,
    getJob: 2 * steps,
    queue: (HANDLED + 1) * steps,
  };
}

function pages(keys: number): number {
  return Math.max(1, Math.ceil(keys / PAGE));
}

/** Each range ends with a step that is not full. */
function stepsFor(keys: number, keysPerStep: number): number {
  return wholeSteps(keys, keysPerStep) + cutsFor(keys, keysPerStep);
}

/** A range is cut where there is more than one step left for each half. */
function cutsFor(keys: number, keysPerStep: number): number {
  return Math.min(MAX_RANGES - 1, Math.floor(wholeSteps(keys, keysPerStep) / 2));
}

function wholeSteps(keys: number, keysPerStep: number): number {
  return Math.max(1, Math.ceil(keys / keysPerStep));
}
