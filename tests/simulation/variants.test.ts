import { describe, expect, it } from 'vitest';
import { simulate } from '../../testing/simulation/simulate.ts';
import { VARIANTS } from '../../testing/simulation/variants.ts';

// A simulation that cannot fail proves nothing: each of these is Holdfast with one thing broken on purpose.
const HISTORIES = 20_000;
/** Those that take minutes to find are tried before a release: HOLDFAST_VARIANTS=all. */
const TRIED = VARIANTS.filter(({ rare }) => rare !== true || process.env['HOLDFAST_VARIANTS'] === 'all');

describe('histories find', () => {
  it.each(TRIED.map(({ name, seed = 1 }) => [name, seed] as const))(
    '%s',
    async (variant, seed) => {
      const { failure } = await simulate({ histories: HISTORIES, seed, variant, shrink: false });
      expect(failure?.wrong).not.toHaveLength(0);
    },
    600_000,
  );
});

it('a variant that no longer fits the code says so, and does not pass for a broken one', async () => {
  await expect(simulate({ histories: 1, seed: 1, variant: 'unheard of' })).rejects.toThrow('unheard of');
});
