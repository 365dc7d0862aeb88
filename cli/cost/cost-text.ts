import type { CostJson } from '../../operations/json/cost.ts';
import { bytes, count, counted, dollars, duration } from '../text/format.ts';
import { type Column, table } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';

const NUMBERS: readonly Column[] = [{ title: '' }, { title: 'REQUESTS', align: 'right' }];
const COST: Column = { title: 'COST', align: 'right' };

/** The estimate, for people: the answer first, what it rests on last. */
export function costLines(cost: CostJson): string[] {
  return [
    `${cost.source}${cost.prefix === null ? '' : `/${cost.prefix}`}: ${contents(cost)}`,
    '',
    ...onceTable(cost),
    '',
    ...monthTable(cost),
    `the stack itself, whatever it protects: ${dollars(cost.stackMonthlyDollars)} a month`,
    tagLine(cost),
    ...aclLines(cost),
    '',
    ...cost.notCaptured.map(notCapturedLine),
    ...assumptionLines(cost),
  ];
}

function tagLine({ perMillionTagChanges: { dollars: each, versions } }: CostJson): string {
  return (
    `a million tags changed after their upload, if there are so many in a month: ${dollars(each)} to keep, ` +
    `${dollars(versions.dollars)} a month for the versions (${bytes(versions.bytes)}); none with protect --tags-changed off`
  );
}

function aclLines({ perMillionAclChanges: changes }: CostJson): string[] {
  if (changes === null) return [];
  return [
    'with ACLs remembered: a request more for each object that is captured, which is counted above, and for a million ACLs ' +
      `that are changed in a month: ${dollars(changes.dollars)}`,
  ];
}

function contents({ objects, bytes: size, classes, inParts }: CostJson): string {
  const each = classes.map((one) => `${count(one.objects)} ${one.storageClass}`).join(', ');
  const parts = inParts.objects === 0 ? '' : `; ${count(inParts.objects)} to be copied in parts`;
  return `${counted(objects, 'object')}, ${bytes(size)}${classes.length > 1 ? ` (${each})` : ''}${parts}`;
}

function onceTable({ firstBackup, reconcile, fullRestore }: CostJson): string[] {
  const rows = Object.entries({
    'first backup': firstBackup,
    'a reconcile, nothing changed': reconcile,
    'a full restore': fullRestore,
  }).map(([what, work]) => [
    what,
    count(work.requests),
    dollars(work.dollars),
    duration(work.seconds * 1000),
  ]);
  return table(
    [{ ...NUMBERS[0], title: 'ONCE' }, ...NUMBERS.slice(1), COST, { title: 'TIME', align: 'right' }],
    rows,
  );
}

function monthTable({ monthly, assumed }: CostJson): string[] {
  const { copies, oldVersions, catalog, captures, reconciles, checks, canary } = monthly;
  const rows = [
    ['copies of what is there', bytes(copies.bytes), '', dollars(copies.dollars)],
    [
      `old versions, kept ${counted(assumed.retentionDays, 'day')}`,
      bytes(oldVersions.bytes),
      '',
      dollars(oldVersions.dollars),
    ],
    ['catalog', bytes(catalog.bytes), '', dollars(catalog.dollars)],
    [
      `${counted(Math.round(assumed.changesPerDay * 10) / 10, 'change')} a day`,
      '',
      count(captures.requests),
      dollars(captures.dollars),
    ],
    ['daily reconciles', '', count(reconciles.requests), dollars(reconciles.dollars)],
    ['hourly checks', '', count(checks.requests), dollars(checks.dollars)],
    ...(canary === null ? [] : [['a canary each hour', '', count(canary.requests), dollars(canary.dollars)]]),
    ['its metrics and alarms', '', '', dollars(monthly.alarms.dollars)],
    ['in all', '', '', dollars(monthly.dollars)],
  ];
  return table(
    [{ title: 'EACH MONTH' }, { title: 'SIZE', align: 'right' }, { title: 'REQUESTS', align: 'right' }, COST],
    rows,
  );
}

const REASONS = {
  archived: 'in an archive class: thawed at the source, they are captured',
  'customer-key': 'encrypted with a customer-provided key (SSE-C), which only its owner can read',
  'access-denied':
    'not readable with your credentials: check whose the bucket is, its policies, and those of its KMS key',
} as const;

function notCapturedLine({
  reason,
  objects,
  bytes: size,
  ofSample,
  keys,
}: CostJson['notCaptured'][number]): string {
  const howMany =
    objects === null
      ? `${count(ofSample ?? 0)} of the objects that were looked at`
      : `${counted(objects, 'object')} (${bytes(size ?? 0)})`;
  return `not captured: ${howMany}, ${REASONS[reason]}; as ${keys.map(visibleKey).join(', ')}`;
}

function assumptionLines({ assumed, asked, prices }: CostJson): string[] {
  const settings = assumed.stack === null ? "the template's defaults" : `the stack "${assumed.stack}"`;
  const cold =
    assumed.coldAfterDays === null
      ? ''
      : `, ${assumed.coldStorageClass} after ${counted(assumed.coldAfterDays, 'day')}`;
  return [
    `assumed: ${settings}, versions kept ${counted(assumed.retentionDays, 'day')}${cold}; the month is one in which`,
    '  as many old versions go as come; times and functions are those of docs/benchmarks.md, as modelled',
    `list prices of ${prices.region} of ${prices.date}, without free tiers: yours differ`,
    `to find this out took ${counted(asked.requests, 'request')} (${dollars(asked.dollars)}): ` +
      `${counted(asked.listed, 'key')} listed, ${asked.sample} looked at; nothing was changed`,
  ];
}

/** Cents; what is less than one is said to be so. */
