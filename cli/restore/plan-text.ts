import { isArchivedClass } from '@holdfast/core/model/object.ts';
import { ORIGINAL } from '@holdfast/core/model/storage-class.ts';
import type { ThawTime } from '@holdfast/core/model/thaw.ts';
import type { Examples, RestorePlan, Size } from '@holdfast/core/restore/restore-plan.ts';
import { planJson, thawOffers } from '../../operations/restore/plan-json.ts';
import { bytes, count, counted, dollars, duration } from '../text/format.ts';
import { table } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';

/** A plan for people: a table of what becomes of the objects, then what they should look at twice. */
export function planLines(plan: RestorePlan): string[] {
  const { conflicts, overwritten, extras, failed, held } = plan;
  return [
    ...table(
      [{ title: 'PLAN' }, { title: 'OBJECTS', align: 'right' }, { title: 'SIZE', align: 'right' }],
      rowsOf(plan).map(([what, size]) => [what, count(size.objects), bytes(size.bytes)]),
    ),
    `about ${count(planJson(plan).requests)} requests, ${dollars(plan.dollars)} at list price`,
    ...thawOfferLines(plan),
    ...(plan.storageClass === undefined ? [] : [classLine(plan.storageClass)]),
    ...(plan.acls === undefined ? [] : [aclLine(plan.acls)]),
    ...exampleLines('is replaced', 'are replaced', overwritten),
    ...(held ? [] : exampleLines('is deleted at the target', 'are deleted at the target', extras)),
    ...exampleLines('differs and stays as it is', 'differ and stay as they are', conflicts),
    ...exampleLines('cannot be brought back', 'cannot be brought back', {
      ...{ objects: failed.objects, bytes: failed.bytes },
      examples: failed.problems.map(({ key, reason, detail = '' }) => `${key} (${reason}: ${detail})`),
    }),
    ...(held && extras.objects > 0 ? [keptLine(extras)] : []),
  ];
}

function classLine(storageClass: NonNullable<RestorePlan['storageClass']>): string {
  if (storageClass === ORIGINAL)
    return 'each object is stored in the class it had: what was in Glacier has to be thawed again to be read';
  const frozen = isArchivedClass(storageClass) ? ': it has to be thawed there before it can be read' : '';
  return `stored in ${storageClass}${frozen}`;
}

function aclLine({ objects, atLeast, taken }: NonNullable<RestorePlan['acls']>): string {
  const many = `${atLeast ? 'at least ' : ''}${counted(objects, 'object')}`;
  const have = `${many} ${objects === 1 ? 'has' : 'have'} an ACL that is not the default one`;
  if (taken === undefined) return `${have}; whether the target takes ACLs cannot be seen from here`;
  return taken
    ? `${have}; the target takes ACLs`
    : `${have}; the target has ACLs switched off, and takes none`;
}

function rowsOf({
  selected,
  fresh,
  right,
  conflicts,
  overwritten,
  failed,
  extras,
  held,
  archived,
  thaw,
}: RestorePlan): Array<[string, Size]> {
  const verb = thaw === undefined ? 'archived, left out' : 'to thaw first';
  const rows: Array<[string, Size]> = [
    ['asked for', selected],
    ['  new at the target', fresh],
    ['  already right', right],
    ['  replaced', overwritten],
    ['  conflicts, left alone', conflicts],
    ['  cannot be brought back', failed],
    [held ? 'beyond that at the target, kept' : 'deleted at the target', extras],
    ...Object.entries(archived).map(([name, size]): [string, Size] => [`${verb}: ${name}`, size]),
  ];
  return rows.filter(([, { objects }], index) => index < 3 || objects > 0);
}

function keptLine({ objects }: Size): string {
  const what = `${counted(objects, 'object')} beyond the restore ${objects === 1 ? 'is' : 'are'} kept`;
  return `nothing is deleted while that is so: ${what}`;
}

function exampleLines(one: string, many: string, { objects, examples }: Size & Examples): string[] {
  if (objects === 0) return [];
  const more = objects - examples.length;
  return [
    `${counted(objects, 'object')} ${objects === 1 ? one : many}:`,
    ...examples.map((key) => `  ${visibleKey(key)}`),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ];
}

/** What thawing would take, for people; nothing when nothing has to be thawed. */
function thawOfferLines(plan: Pick<RestorePlan, 'archived' | 'thaw'>): string[] {
  const { thaw } = plan;
  const offers = thawOffers(plan);
  if (thaw === undefined || offers.length === 0) return [];
  return [
    ...table(
      [
        { title: 'TO THAW' },
        { title: 'TIER' },
        { title: 'TAKES' },
        { title: 'PRICE', align: 'right' },
        { title: '' },
      ],
      offers.map(({ storageClass, tier, asked, leastSeconds, mostSeconds, dollars: price }) => [
        storageClass,
        tier,
        span({ least: leastSeconds * 1000, most: mostSeconds * 1000 }),
        dollars(price),
        asked ? 'asked for' : '',
      ]),
    ),
    `kept readable for ${thaw.days} days; --tier and --days say otherwise`,
  ];
}

function span({ least, most }: ThawTime): string {
  return least === 0 ? `up to ${duration(most)}` : `${duration(least)} to ${duration(most)}`;
}
