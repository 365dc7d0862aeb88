import { FUNCTION_USAGE, SPEED } from '@holdfast/core/cost/speed.ts';
import type { Phase } from './backup-scenario.ts';
import type { CaptureResult } from './capture-scenario.ts';

const TOLERANCE = 0.25;

/**
 * What `holdfast cost` takes for granted, and this run found otherwise. Not the speed of comparing: that is the one for
 * keys which all begin alike, and a bucket tells nothing of its keys before it is listed.
 */
export function drifted(phases: readonly Phase[], alone: CaptureResult): string[] {
  const of = (name: Phase['name']) => phases.find((phase) => phase.name === name);
  const [first, unchanged, restore] = [of('first full backup'), of('unchanged reconcile'), of('restore')];
  const pairs: Array<readonly [string, number, number | undefined]> = [
    ['SPEED.firstBackup', SPEED.firstBackup, rate(first)],
    ['SPEED.restore', SPEED.restore, rate(restore)],
    ['FUNCTION_USAGE.firstBackup.gbSeconds', FUNCTION_USAGE.firstBackup.gbSeconds, gbSeconds(first)],
    ['FUNCTION_USAGE.compare.gbSeconds', FUNCTION_USAGE.compare.gbSeconds, gbSeconds(unchanged)],
    ['FUNCTION_USAGE.restore.gbSeconds', FUNCTION_USAGE.restore.gbSeconds, gbSeconds(restore)],
    ['FUNCTION_USAGE.change.gbSeconds', FUNCTION_USAGE.change.gbSeconds, alone.usage.gbSeconds],
  ];
  return pairs.flatMap(([name, says, is]) =>
    is === undefined || Math.abs(says - is) <= TOLERANCE * is
      ? []
      : [`${name} is ${says}, the model says ${is.toPrecision(3)}`],
  );
}

function rate(phase: Phase | undefined): number | undefined {
  return phase === undefined ? undefined : phase.objects / phase.seconds;
}

function gbSeconds(phase: Phase | undefined): number | undefined {
  return phase === undefined ? undefined : phase.usage.gbSeconds / phase.objects;
}
