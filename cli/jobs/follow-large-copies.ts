import { unprotectedEntries } from '@holdfast/core/catalog/unprotected-entries.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { JobResult } from '../../operations/json/job.ts';
import { waiting } from '../../operations/ports.ts';
import type { Connection, Context } from '../context.ts';
import { counted } from '../text/format.ts';

const FIRST_POLL_MS = 500;
const POLL_MS = 5_000;
/** An index tells what is being copied, a moment behind the table: it is read twice, so far apart. */
const INDEX_MS = 2_000;
/** Without any sign of life for so long, the queues are looked at. A copy that is alive is always in one. */
const STALLED_MS = 60_000;

type Ways = Pick<Connection, 'world' | 'queues' | 'clock'>;

/**
 * Waits until the copies in parts that a comparison began, and those that were on their way already, are over: its job ends when
 * they have begun, and messages of their own go on with them. One after the other is looked at, a read of the catalog each time.
 *
 * @returns null when it began none, or did not come to its end
 */
export async function followLargeCopies(
  { source, state, counts }: Job,
  ways: Ways,
  context: Context,
): Promise<JobResult['largeCopies']> {
  const begun = counts['copying'] ?? 0;
  if (begun === 0 || (state !== 'done' && state !== 'partial')) return null;
  context.onInterrupt(`large objects go on being copied; look again with: holdfast status ${source}`);
  const keys = await keysOf(source, ways, context);
  let [failed, left, isStalled] = [0, 0, false];
  for (const [index, key] of keys.entries()) {
    const told = `${counted(keys.length - index, 'large object')} being copied in parts`;
    const entry = await (isStalled
      ? look(source, key, ways)
      : untilOver({ source, key, told }, ways, context));
    if (entry?.state !== 'unprotected') continue;
    if (isCopying(entry)) left++;
    else failed++;
    isStalled = left > 0;
  }
  // What was over before the index was read is no more in it.
  return { done: Math.max(begun, keys.length) - failed - left, failed, left };
}

async function keysOf(
  source: string,
  { world }: Ways,
  { output, pause }: Pick<Context, 'output' | 'pause'>,
): Promise<string[]> {
  const keys = new Set<string>();
  const read = async () => {
    for await (const entry of unprotectedEntries(source, world.catalog))
      if (isCopying(entry)) keys.add(entry.key);
  };
  await read();
  output.progress(`${counted(keys.size, 'large object')} being copied in parts`);
  await pause(INDEX_MS);
  await read();
  return [...keys];
}

/** @returns the entry when it is no longer being copied; as it is when nothing goes on with it any more */
async function untilOver(
  { source, key, told }: { readonly source: string; readonly key: string; readonly told: string },
  ways: Ways,
  { output, pause }: Pick<Context, 'output' | 'pause'>,
): Promise<Entry | undefined> {
  let [rev, changedAt, idle] = [-1, ways.clock.now(), 0];
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(2 * wait, POLL_MS)) {
    const entry = await look(source, key, ways);
    if (entry === undefined || !isCopying(entry)) return entry;
    if (entry.rev !== rev) [rev, changedAt, idle] = [entry.rev, ways.clock.now(), 0];
    else if (ways.clock.now() - changedAt > STALLED_MS)
      idle = waiting(await ways.queues.depths()) === 0 ? idle + 1 : 0;
    // One reading may miss a message that is on its way to its queue.
    if (idle > 1) return entry;
    output.progress(told);
    await pause(wait);
  }
}

function look(source: string, key: string, { world }: Ways): Promise<Entry | undefined> {
  return world.catalog.getEntry(source, key);
}

function isCopying(entry: Pick<Entry, 'reason'> | undefined): boolean {
  return entry?.reason === 'copying';
}
