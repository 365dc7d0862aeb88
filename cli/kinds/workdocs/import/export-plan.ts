import { CLASS_PRICES } from '@holdfast/core/cost/prices.ts';
import { type ExportPlace, isInExport, isZipKey } from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { Imported } from '../../../../operations/json/import.ts';
import { bytes, count, counted, dollars } from '../../../text/format.ts';

type Plan = Imported['plan'];
const GB = 1e9;

/** Lists an export. @throws {InvalidInputError} when no zip is there */
export async function planImport(
  place: ExportPlace,
  store: Pick<ObjectStore, 'list'>,
  onCount: (objects: number) => void,
): Promise<Plan> {
  const plan = { zips: 0, bytes: 0, others: 0 };
  let after: string | undefined;
  do {
    const page = await store.list({ ...place, ...defined({ after }) });
    for (const { key, size } of page.objects) {
      if (!isInExport(place, key)) continue;
      if (isZipKey(key)) {
        plan.zips++;
        plan.bytes += size;
      } else if (!(key.endsWith('/') && size === 0)) plan.others++;
    }
    onCount(plan.zips + plan.others);
    after = page.more ? page.objects.at(-1)?.key : undefined;
  } while (after !== undefined);
  if (plan.zips === 0) throw nothing(place, plan.others);
  return { ...plan, monthlyDollars: (plan.bytes / GB) * CLASS_PRICES.STANDARD.gbMonth };
}

function nothing({ bucket, prefix }: ExportPlace, others: number): InvalidInputError {
  const what = others === 0 ? 'nothing' : `no zip among ${counted(others, 'object')}`;
  return new InvalidInputError(
    `there is ${what} at s3://${bucket}/${prefix}: name the place where the migration tool put the zips of the users`,
  );
}

/** The plan, for people. */
export function planLines(from: string, source: string, plan: Plan): string[] {
  return [
    `${from} goes into ${source}: ${counted(plan.zips, 'zip')} (${bytes(plan.bytes)})`,
    `  kept in the vault beside the zips, which stay as they are: ${dollars(plan.monthlyDollars)} a month if they pack little`,
    ...(plan.others === 0 ? [] : [othersLine(plan.others)]),
  ];
}

function othersLine(others: number): string {
  const what = others === 1 ? '1 other object is' : `${count(others)} other objects are`;
  return `  ${what} listed in the report, and not read`;
}
