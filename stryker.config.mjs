const core = 'layers/core/src';

/** Mutation testing: does a test fail when the code is wrong? See docs/adr/0010-mutation-testing.md. */
export default {
  // What decides capture, reconcile, points in time and deletions.
  mutate: [
    `${core}/kinds/s3/{capture,reconcile}/**/*.ts`,
    `${core}/kinds/s3/history/{bucket-states,long-name}.ts`,
    `${core}/jobs/{begin-reconcile,counted-step,fail-reconcile,finish-reconcile,reconcile-age,settle-job}.ts`,
    `${core}/vault/{copy-parts,is-identical,listings,look-in-vault,mark-deleted,merge-listings,vault-history}.ts`,
    `${core}/catalog/{source-lookup,tally}.ts`,
    `${core}/restore/{delete-extras,plan-restore}.ts`,
    // Of sites, what decides that something is gone.
    `${core}/kinds/workdocs/capture/{ask-by-id,held,mark-gone,site-place}.ts`,
    `${core}/kinds/workdocs/crawl/{compare-site,crawl-suspects,found-items,settle-crawl}.ts`,
    `${core}/kinds/workdocs/page-or-anew.ts`,
    `${core}/model/{byte-order,deletion-bound,deletion-tags,defined,entry,filter,json,lag,messages,moment,object,s3-notification}.ts`,
    `${core}/kinds/s3/model/{change,s3-event,sequencer,vault-key}.ts`,
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner', './scripts/lib/stryker-wording.ts'],
  ignorers: ['wording'],
  // The copy needs no rewritten tsconfig, and Stryker cannot read one with TypeScript 7, which has no API for it.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  concurrency: 2,
  // The first run also makes the Python tools that translate the template: what is a loop must not be waited for as long.
  timeoutFactor: 0.2,
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: '.holdfast/mutation/incremental.json',
  tempDirName: '.holdfast/mutation/work',
  ignorePatterns: ['.aws-sam', '.holdfast', 'coverage', 'bench', 'docs/adr', 'functions', 'tests/e2e'],
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  clearTextReporter: { allowColor: false, allowEmojis: false, reportTests: false, reportMutants: true },
  jsonReporter: { fileName: '.holdfast/mutation/report.json' },
  htmlReporter: { fileName: '.holdfast/mutation/report.html' },
  thresholds: { high: 95, low: 90, break: 90 },
};
