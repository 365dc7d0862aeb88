import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The rooms of what is mutated, the quick and narrow ones first: a mutant is done with at the first test that fails. */
const ROOMS = ['model', 'vault', 'catalog', 'restore', 'verify', 'cost', 'kinds', 'regressions'];
const ORDER = [...ROOMS.map((room) => `unit/${room}/`), 'simulation', 'unit/kinds/s3/reconcile'];

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => ORDER.findLastIndex((part) => moduleId.includes(part));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

// What runs against each mutant: the fast tests of these rooms. The copy that Stryker works in shares node_modules,
// whose link to the workspace leads back to the code as it is; the alias leads to the mutated one.
export default defineConfig({
  resolve: {
    alias: { '@holdfast/core': fileURLToPath(new URL('./layers/core/src', import.meta.url)) },
  },
  test: {
    include: [`tests/unit/{${ROOMS.join(',')}}/**/*.test.ts`, 'tests/simulation/**/*.test.ts'],
    // The variants break the source themselves, in workers of their own that would see no mutant.
    exclude: ['tests/unit/kinds/s3/many-objects.test.ts', 'tests/simulation/variants.test.ts'],
    setupFiles: ['tests/support/mutant-setup.ts'],
    sequence: { sequencer: QuickFirst },
    isolate: false,
    testTimeout: 20_000,
    env: { HOLDFAST_HISTORIES: process.env['HOLDFAST_HISTORIES'] ?? '100' },
  },
});
