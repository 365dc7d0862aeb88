import { unprotectedEntries } from '@holdfast/core/catalog/unprotected-entries.ts';
import { count, counted } from '@holdfast/core/model/text.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import type { Connection } from '../connection.ts';
import { type CoreStack, unreadFor } from '../core-stack.ts';
import { jobJson } from '../jobs/job-json.ts';
import { moment } from '../json/moment.ts';
import type { Status, UnprotectedObjects } from '../json/status.ts';
import type { Kinds } from '../kind.ts';
import { deadLetters, waiting } from '../ports.ts';
import { importTroubles } from '../sources/import-trouble.ts';
import { listSources } from '../sources/list-sources.ts';
import { rpoTroubles } from '../sources/rpo.ts';
import { vaultTroubles } from '../sources/vault-pass.ts';

/**
 * Looks at everything that can tell how the backup stands.
 *
 * @param only one source, or undefined for all
 * @param keep so many unprotected objects of each source are named; all are counted
 */
export async function collectStatus(
  only: string | undefined,
  keep: number,
  connection: Connection,
  context: Kinds,
): Promise<Status> {
  const { world, queues } = connection;
  const isMeant = (source: string) => only === undefined || source === only;
  const [found, depths, jobs] = await Promise.all([
    listSources(connection, context),
    queues.depths(),
    world.catalog.listJobs(),
  ]);
  const meant = found.filter(({ source, state }) => isMeant(source) && (only ?? state) !== 'unprotected');
  const sources: Status['sources'] = [];
  for (const one of meant) {
    const covers = context.kinds.find(one.source)?.standing.covers(one) ?? (() => true);
    sources.push({
      ...one,
      unprotectedObjects: await listUnprotected(one.source, covers, keep, world.catalog),
    });
  }
  const running = jobs.filter(({ source, state }) => state === 'running' && isMeant(source));
  return {
    sources,
    queues: depths,
    runningJobs: running.map((job) => jobJson(job, connection.stack)),
    settled: running.length === 0 && waiting(depths) === 0,
    attention: [
      ...sources.flatMap((one) => [...functionTroubles(one, connection.stack, context), ...troubles(one)]),
      ...deadTroubles(deadLetters(depths)),
    ],
  };
}

/** A stack that was deployed without a kind while a source of it was protected; an import needs no functions any more. */
function functionTroubles(
  { source, state, importedFrom }: Status['sources'][number],
  stack: CoreStack,
  { kinds }: Kinds,
): string[] {
  const work = kinds.find(source)?.work;
  const parameter = work && unreadFor(work.comparisonQueue, stack, { kinds });
  if (parameter === undefined || state === 'unprotected' || importedFrom !== null) return [];
  return [
    `${source}: nothing of it is captured, for the stack is deployed with ${parameter}=false: deploy it with ${parameter}=true, ` +
      `or run: holdfast unprotect ${source}`,
  ];
}

function troubles(one: Status['sources'][number]): string[] {
  const { source, state, wiring, wiringDetail, unreachable, heldDeletions: held, unprotectedObjects } = one;
  const { total } = unprotectedObjects;
  if (state === 'unprotected') return [];
  return [
    ...(total === 0 ? [] : [`${source}: ${counted(total, 'object')} not protected in the present state`]),
    ...(wiring === 'broken' || state === 'unregistered'
      ? [`${source}: ${wiringDetail ?? 'its wiring is broken'}`]
      : []),
    ...(unreachable === null ? [] : [`${source} could not be read: ${unreachable}`]),
    ...(held === null
      ? []
      : [
          `${source}: ${count(held.count)} deletions are held; look at it, then run: holdfast approve ${source}`,
        ]),
    ...rpoTroubles(one),
    ...vaultTroubles(one),
    ...importTroubles(one),
  ];
}

function deadTroubles(dead: number): string[] {
  return dead === 0 ? [] : [`${counted(dead, 'message')} given up after all retries: see holdfast failures`];
}

/** Counts a source's unprotected objects, and keeps the first of them. What it no longer covers is not among them. */
async function listUnprotected(
  source: string,
  covers: (key: string) => boolean,
  keep: number,
  catalog: Pick<Catalog, 'listUnprotected'>,
): Promise<UnprotectedObjects> {
  const byReason: Record<string, number> = {};
  const objects: UnprotectedObjects['objects'] = [];
  let total = 0;
  for await (const { key, name, reason = 'failed', detail, updatedAt } of unprotectedEntries(
    source,
    catalog,
  )) {
    if (!covers(key)) continue;
    total++;
    byReason[reason] = (byReason[reason] ?? 0) + 1;
    if (objects.length < keep)
      objects.push({ key, name: name ?? null, reason, detail: detail ?? null, since: moment(updatedAt) });
  }
  return { total, byReason, objects };
}
