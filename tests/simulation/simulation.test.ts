import { expect, it } from 'vitest';
import { playChunk } from '../../testing/simulation/play-chunk.ts';
import { deployedPolicies, PolicyCheck } from '../../testing/simulation/policy.ts';

// A few, for those who change a flow and want to know at once; `npm run simulate` plays as many as it is told to, and shrinks
// the one that went wrong.
const HISTORIES = Number(process.env['HOLDFAST_HISTORIES'] ?? 150);

it('whatever happens, vault and catalog end as the source is, and every moment can be restored', async () => {
  const policy = new PolicyCheck(await deployedPolicies());
  const { failure, played } = await playChunk({ seed: 1, histories: HISTORIES, shrink: false }, policy);
  expect(failure).toBeUndefined();
  expect(played).toBe(HISTORIES);
}, 600_000);

it('whatever events are lost, an hourly check finds it, and marks nothing for it', async () => {
  const policy = new PolicyCheck(await deployedPolicies());
  const chunk = {
    seed: 1,
    histories: HISTORIES,
    shrink: false,
    of: 'buckets' as const,
    weights: 'quiet' as const,
  };
  const { failure, played } = await playChunk(chunk, policy);
  expect(failure).toBeUndefined();
  expect(played).toBe(HISTORIES);
}, 600_000);

it('whatever happens to a WorkDocs site, the vault ends as the site is, and nothing is deleted without evidence', async () => {
  const policy = new PolicyCheck(await deployedPolicies());
  const chunk = { seed: 1, histories: HISTORIES, shrink: false, of: 'sites' as const };
  const { failure, played } = await playChunk(chunk, policy);
  expect(failure).toBeUndefined();
  expect(played).toBe(HISTORIES);
}, 600_000);
