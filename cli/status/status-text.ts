import { REASON_TEXT, type UnprotectedReason } from '@holdfast/core/model/entry.ts';
import type { Lag, Rpo } from '../../operations/json/sources.ts';
import type { Status } from '../../operations/json/status.ts';
import type { Context } from '../context.ts';
import { problemLine, resultText } from '../jobs/job-text.ts';
import { ago, count, duration } from '../text/format.ts';
import { type Column, table } from '../text/table.ts';

const SOURCE_COLUMNS: readonly Column[] = [
  { title: 'SOURCE' },
  { title: 'WIRING' },
  { title: 'LAG P50' },
  { title: 'LAG P99' },
  { title: 'UNPROTECTED', align: 'right' },
  { title: 'VAULT COMPARED' },
  { title: 'IN THE VAULT' },
];
const QUEUE_COLUMNS: readonly Column[] = [
  { title: 'QUEUE' },
  { title: 'WAITING', align: 'right' },
  { title: 'IN WORK', align: 'right' },
  { title: 'GIVEN UP', align: 'right' },
];

type Kinds = Pick<Context, 'kinds' | 'jobKinds'>;

/** The status for people. */
export function statusLines(status: Status, now: number, context: Kinds): string[] {
  const { sources, queues, runningJobs, settled, attention } = status;
  return [
    ...sourceLines(sources, now),
    '',
    ...table(
      QUEUE_COLUMNS,
      queues.map((one) => [one.queue, count(one.visible), count(one.inFlight), count(one.dead)]),
    ),
    ...runningJobs.map((job) => `running: ${job.id} (${job.source}): ${resultText(job, context.jobKinds)}`),
    ...sources.flatMap((one) => unprotectedLines(one, context)),
    '',
    ...(attention.length > 0 ? attention.map((one) => `! ${one}`) : [allIsWell(settled)]),
  ];
}

function allIsWell(settled: boolean): string {
  return settled ? 'all is well, and nothing is in flight' : 'all is well so far; work is in flight';
}

function sourceLines(sources: Status['sources'], now: number): string[] {
  if (sources.length === 0) return ['nothing is protected yet; begin with: holdfast protect s3://bucket'];
  return table(
    SOURCE_COLUMNS,
    sources.map((one) => [
      one.source,
      one.state === 'unprotected' ? '-' : one.wiring,
      lagText(one.lag, 'p50Seconds'),
      lagText(one.lag, 'p99Seconds'),
      count(one.unprotectedObjects.total),
      comparedText(one, now),
      one.renewWith === null ? rpoText(one.rpo, now) : 'not checked',
    ]),
  );
}

/** When the whole of the vault was last compared, in a few words. */
function comparedText(
  { vaultComparedAt, vaultOverdue: overdue }: Status['sources'][number],
  now: number,
): string {
  if (overdue === null) return '-';
  const when = vaultComparedAt === null ? 'not yet' : ago(Date.parse(vaultComparedAt), now);
  return overdue ? `overdue: ${when}` : when;
}

const PROOFS: Readonly<Record<Rpo['by'], string>> = {
  canary: 'proven',
  check: 'checked, all well',
  poll: 'polled',
};

/** Up to when what changed is known to be in the vault, and by what. */
function rpoText(rpo: Rpo | null, now: number): string {
  if (rpo === null) return '-';
  const { at, lagSeconds, trouble, overdue } = rpo;
  if (at === null) return overdue || trouble !== null ? 'not known' : 'not checked yet';
  const lag = lagSeconds === null ? '' : `, lag ${duration(lagSeconds * 1000)}`;
  return `${overdue || trouble !== null ? 'last ' : ''}${PROOFS[rpo.by]} ${ago(Date.parse(at), now)}${lag}`;
}

function lagText(lag: Lag | null, share: 'p50Seconds' | 'p99Seconds'): string {
  if (lag === null) return '-';
  const seconds = lag[share];
  return seconds === null ? 'above 1 h' : `within ${count(seconds)} s`;
}

function unprotectedLines(status: Status['sources'][number], context: Kinds): string[] {
  const { source, state, unprotectedObjects } = status;
  const { total, byReason, objects } = unprotectedObjects;
  if (state === 'unprotected') return [`${source} is no longer backed up`];
  if (total === 0) return [];
  const reasons = Object.entries(byReason).map(
    ([reason, n]) => `  ${count(n)} ${reason}: ${reasonText(reason as UnprotectedReason, status, context)}`,
  );
  const further = total - objects.length;
  return [
    '',
    `not protected of ${source}:`,
    ...reasons,
    ...objects.map(({ key, name, reason, detail }) =>
      problemLine(name === null ? key : `${name} (${key})`, reason, detail),
    ),
    ...(further === 0 ? [] : [`  and ${count(further)} more: --json lists all`]),
  ];
}

const IMPORT_FAILED = 'could not be imported: see the detail; once the export is mended, import it again';

function reasonText(
  reason: UnprotectedReason,
  { source, importedFrom }: Status['sources'][number],
  { kinds }: Kinds,
): string {
  if (importedFrom !== null && reason === 'failed') return IMPORT_FAILED;
  return kinds.of(source).nouns.reasons[reason] ?? REASON_TEXT[reason];
}
