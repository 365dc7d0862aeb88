import { deletionBound } from '@holdfast/core/model/deletion-bound.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { RestorePlan, Size } from '@holdfast/core/restore/restore-plan.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { bytes, count, counted } from '../text/format.ts';

/** What of a plan a person has to want: that something is lost, or costs more than requests. */
export function concerns({ overwritten, extras, held, archived }: RestorePlan): string[] {
  const thawed = Object.values(archived).reduce((sum, { objects }) => sum + objects, 0);
  return [
    ...concern('replaces', overwritten),
    ...(held ? [] : concern('deletes', extras)),
    ...(thawed === 0 ? [] : [`thaws ${counted(thawed, 'object')}`]),
  ];
}

/**
 * Goes on only when a person wants what the plan says, or said so beforehand.
 *
 * @throws {InvalidInputError} when it deletes more than anybody should by a mere "y", or nobody is there to ask
 */
export async function askFor(plan: RestorePlan, yes: boolean, context: Pick<Context, 'ask'>): Promise<void> {
  const all = concerns(plan);
  if (all.length === 0) return;
  const bound = deletionBound(plan.selected.objects);
  if (!plan.held && plan.extras.objects > bound && !yes) {
    throw new InvalidInputError(
      `this would delete ${counted(plan.extras.objects, 'object')} at the target, more than ${count(bound)}: ` +
        'look at the plan (--dry-run), and say --yes if that is what you want',
    );
  }
  await confirm(`This ${all.join(', ')}. Go on?`, yes, context);
}

function concern(verb: string, { objects, bytes: size }: Size): string[] {
  return objects === 0 ? [] : [`${verb} ${counted(objects, 'object')} (${bytes(size)})`];
}
