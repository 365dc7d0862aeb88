import * as v from 'valibot';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import type { Job } from '../../../model/job.ts';
import { gone, isHeld } from '../capture/held.ts';
import { refOfEntryKey } from '../model/site-key.ts';
import type { CrawlStep, SiteItem } from '../model/site-messages.ts';
import type { SiteWorld } from '../site-world.ts';
import { timeIsShort } from '../step-time.ts';
import type { CrawlRun, StepResult } from './crawl-step.ts';
import { FoundItems } from './found-items.ts';

/**
 * Goes through the catalog once all that was listed is done: counts what it has, and what of that nobody has looked at
 * since the crawl began. That is suspected to be gone, and nothing more: a listing proves nothing.
 */
export async function countSuspects(run: CrawlRun, world: SiteWorld): Promise<StepResult> {
  const counts: Record<string, number> = {};
  const add = (name: string, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  const after = await eachEntry(run, world, (entry) => {
    if (entry.state === 'deleted') return;
    add('entries');
    const isDocument = entry.key.startsWith('document/');
    if (isDocument) add('documentEntries');
    if (isDocument && entry.state === 'current') {
      add('objects');
      add('bytes', entry.size ?? 0);
    }
    if (entry.state === 'unprotected') add('withReason');
    if (isSuspect(entry, run.job)) add('gone');
  });
  if (after !== undefined) return { counts, items: [], next: [{ phase: 'count', after }] };
  // The steps before this one are counted: each was sent by the one before it.
  const total = { ...run.job, counts: summed(run.job.counts, counts) };
  // Of a site that is held nothing is asked, and so nothing in the vault is looked at either.
  if (isHeld(total)) return { counts, items: [], next: [] };
  const phases = [
    ...(gone(total) > 0 ? (['deletions'] as const) : []),
    ...(comparesVault(run.job) ? (['vault'] as const) : []),
  ];
  return { counts, items: [], next: phases.map((phase) => ({ phase })) };
}

function comparesVault({ request }: Job): boolean {
  return v.is(v.object({ vault: v.literal(true) }), request);
}

/** Has every suspect asked for by its id. */
export async function queueSuspects(run: CrawlRun, world: SiteWorld): Promise<StepResult> {
  const found = new FoundItems();
  const look = (entry: Entry) => {
    if (entry.state !== 'deleted' && isSuspect(entry, run.job)) found.add(itemOfEntry(entry));
  };
  const after = await eachEntry(run, world, look, () => found.isFull);
  return { counts: {}, items: found.items, next: after === undefined ? [] : [{ phase: 'deletions', after }] };
}

function itemOfEntry({ key }: Entry): SiteItem {
  const { kind, id } = refOfEntryKey(key);
  return { kind, id };
}

/** Neither listed, nor looked at, nor tried, since the crawl began. */
function isSuspect({ listedAt = 0, updatedAt }: Entry, { startedAt }: Job): boolean {
  return Math.max(listedAt, updatedAt) < startedAt;
}

/**
 * @param isFull asked behind each entry: whether the others are left to the next step
 * @returns the last entry that was looked at, when there are more
 */
async function eachEntry(
  { source, step, delivery }: CrawlRun,
  { catalog, settings }: SiteWorld,
  look: (entry: Entry) => void,
  isFull: () => boolean = () => false,
): Promise<CrawlStep['after']> {
  let { after } = step;
  let seen = 0;
  for (;;) {
    const page = await catalog.listEntries(source.source, defined({ after }));
    for (const entry of page.entries) {
      look(entry);
      if (isFull()) return entry.key;
    }
    after = page.entries.at(-1)?.key ?? after;
    seen += page.entries.length;
    if (!page.more) return undefined;
    if (seen >= settings.keysPerStep || timeIsShort(delivery)) return after;
  }
}

function summed(a: Job['counts'], b: Job['counts']): Job['counts'] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
