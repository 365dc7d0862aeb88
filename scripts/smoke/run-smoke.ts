import { type Checks, PhaseOver } from './checks.ts';
import { cleanUp, whatIsKept } from './clean-up.ts';
import { change } from './phases/changes.ts';
import { conditionalWrites } from './phases/conditional-writes.ts';
import { deploy } from './phases/deploy.ts';
import { prove } from './phases/proof.ts';
import { protect } from './phases/protect.ts';
import { refusals } from './phases/refusals.ts';
import { restore } from './phases/restores.ts';
import type { SmokeWorld } from './world.ts';

type Phase = {
  readonly title: string;
  readonly run: (world: SmokeWorld, checks: Checks) => Promise<void>;
  /** Without what it leaves behind, no later phase makes sense. */
  readonly essential: boolean;
};

const PHASES: readonly Phase[] = [
  { title: "S3's conditions", run: conditionalWrites, essential: false },
  { title: 'Deploy', run: deploy, essential: true },
  { title: 'Protect', run: protect, essential: true },
  { title: 'Change', run: change, essential: false },
  { title: 'Restore', run: restore, essential: false },
  { title: 'Verify and reindex', run: prove, essential: false },
  { title: 'Refusals', run: refusals, essential: false },
];

/** Runs all phases, and cleans up in every case. What failed is in `checks`. @returns what stays, when it was to be kept */
export async function runSmoke(
  world: SmokeWorld,
  checks: Checks,
  { keep, resume }: { readonly keep: boolean; readonly resume: () => void },
): Promise<string[]> {
  let stopped: string | undefined;
  for (const { title, run, essential } of PHASES) {
    checks.begin(title);
    if (stopped !== undefined) {
      checks.skip(title, `not reached: ${stopped}`);
      continue;
    }
    const why = await phase(() => run(world, checks), checks);
    if (why !== undefined && (essential || why === 'interrupted')) stopped = why;
  }
  // An interruption ends the phases, not the cleaning.
  resume();
  if (keep) return whatIsKept(world);
  checks.begin('Clean up');
  await cleanUp(world, checks);
  return [];
}

/** @returns why the phase could not go on */
async function phase(run: () => Promise<void>, checks: Checks): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof PhaseOver) return error.message;
    await checks.check('the phase ends', () => Promise.reject(error));
    return error instanceof Error ? error.message : String(error);
  }
}
