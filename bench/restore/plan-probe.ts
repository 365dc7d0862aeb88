import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { makePlan } from '@holdfast/core/restore/make-plan.ts';
import { PROBE_SETTINGS } from '../measure/probe-settings.ts';
import { EndlessStore } from './endless-store.ts';

const SOURCE = 'photos';

/** What a plan of so many keys said, for a target that has every other one of them. */
export type Planned = {
  readonly selected: number;
  readonly right: number;
  readonly fresh: number;
  readonly listings: number;
};

export async function planOf(keys: number): Promise<Planned> {
  const store = new EndlessStore(keys, SOURCE);
  const request = checkRestoreMessage(
    { source: `s3://${SOURCE}`, target: 's3://holdfast-restore-photos' },
    ADDRESSES,
  );
  const at = Date.parse('2026-02-01T00:00:00Z');
  const { selected, right, fresh } = await makePlan(
    { ...request, at },
    { store: store.port(), settings: PROBE_SETTINGS, history: s3History },
  );
  const { listings } = store;
  return { selected: selected.objects, right: right.objects, fresh: fresh.objects, listings };
}

// In a process of its own, whose memory is then the plan's alone.
if (process.argv[1] === import.meta.filename)
  process.stdout.write(JSON.stringify(await planOf(Number(process.argv[2]))));
