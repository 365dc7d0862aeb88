import type { QueueName } from '@holdfast/core/ports/work-queue.ts';
import fc from 'fast-check';
import { TROUBLES, type Trouble } from './faults.ts';

type Contents = { readonly body: number; readonly meta: number; readonly tags: number };
type Trouble_ = { readonly at: number; readonly what: Trouble };

/** One thing that happens to a source, or to the pipeline that backs it up. */
export type Step =
  | ({ readonly op: 'put' | 'large' | 'sealed'; readonly key: number } & Contents)
  | { readonly op: 'beginUpload'; readonly key: number }
  | ({ readonly op: 'completeUpload'; readonly key: number } & Contents)
  | { readonly op: 'delete' | 'destroy' | 'expire' | 'archive' | 'thaw'; readonly key: number }
  | { readonly op: 'pass'; readonly seconds: number }
  | { readonly op: 'deny' | 'allow'; readonly key: number }
  | { readonly op: 'denyBucket' | 'allowBucket' | 'hideBucket' | 'showBucket' }
  | { readonly op: 'unwire'; readonly end: 'eventBridge' | 'rule' }
  | { readonly op: 'listings'; readonly stale: boolean; readonly empty: boolean }
  | { readonly op: 'lose' | 'double' | 'again'; readonly n: number }
  | { readonly op: 'redrive' | 'reconcile' | 'reindex' | 'settle' }
  | { readonly op: 'restore'; readonly at: number; readonly target: number }
  | {
      readonly op: 'work';
      readonly queue: QueueName;
      readonly messages: readonly number[];
      /** After so many looks at the clock, the function's time is up; 0: it never is. */
      readonly shortOfTime: number;
      readonly turns: number;
      readonly picks: readonly number[];
      readonly trouble?: Trouble_ | undefined;
    };

/** The steps of one kind. */
export type StepOf<Op extends Step['op']> = Step extends infer One
  ? One extends { readonly op: infer Ops }
    ? Op extends Ops
      ? One
      : never
    : never
  : never;

const few = fc.nat(2);
// One object gets most of what happens, so that things meet.
const key = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 3, 4);
const contents = { key, body: few, meta: fc.nat(1), tags: fc.constantFrom(0, 0, 1, 10) };
const nothingMore = <Op extends string>(...ops: [Op, ...Op[]]) => fc.record({ op: fc.constantFrom(...ops) });
const onKey = <Op extends string>(...ops: [Op, ...Op[]]) => fc.record({ op: fc.constantFrom(...ops), key });

const trouble = fc.option(fc.record({ at: fc.nat(14), what: fc.constantFrom(...TROUBLES) }), {
  freq: 2,
  nil: undefined,
});

const work = fc.record({
  op: fc.constant('work' as const),
  queue: fc.constantFrom<QueueName[]>(
    'capture',
    'capture',
    'capture',
    'capture',
    'backlog',
    'backlog',
    'reconcile',
    'restore',
    'restoreWork',
  ),
  messages: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
  shortOfTime: fc.constantFrom(0, 0, 0, 1, 2, 5),
  turns: fc.constantFrom(0, 1, 2, 3, 5, 8, 13, 40, 100),
  picks: fc.array(fc.nat(5), { maxLength: 5 }),
  trouble,
});

/** Any step, each as often as it makes histories worth playing. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ op: fc.constant('put' as const), ...contents }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('large' as const), ...contents }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('sealed' as const), ...contents }) },
  { weight: 1, arbitrary: onKey('beginUpload') },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('completeUpload' as const), ...contents }) },
  { weight: 8, arbitrary: onKey('delete') },
  { weight: 4, arbitrary: onKey('destroy') },
  { weight: 1, arbitrary: onKey('expire') },
  { weight: 1, arbitrary: onKey('archive', 'thaw') },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 1, 1, 5, 1200, 4 * 24 * 3600),
    }),
  },
  { weight: 1, arbitrary: onKey('deny', 'allow') },
  { weight: 1, arbitrary: nothingMore('denyBucket', 'allowBucket', 'hideBucket', 'showBucket') },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('unwire' as const),
      end: fc.constantFrom('eventBridge' as const, 'rule' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('listings' as const),
      stale: fc.boolean(),
      empty: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom('lose' as const, 'double' as const, 'again' as const),
      n: fc.nat(9),
    }),
  },
  { weight: 1, arbitrary: nothingMore('redrive', 'reindex') },
  { weight: 3, arbitrary: nothingMore('reconcile') },
  { weight: 1, arbitrary: nothingMore('settle') },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('restore' as const), at: fc.nat(100), target: fc.nat(1) }),
  },
  { weight: 30, arbitrary: work },
);

/** A history: how its world is set up, what happens, and the moments to be restored, in percent of its length. */
export type History = {
  readonly versioned: boolean;
  readonly locked: boolean;
  readonly constantSequencer: boolean;
  readonly steps: readonly Step[];
  readonly moments: readonly number[];
};

export const anyHistory: fc.Arbitrary<History> = fc.record({
  versioned: fc.boolean(),
  locked: fc.boolean(),
  constantSequencer: fc.constantFrom(false, false, false, true),
  steps: fc.array(anyStep, { minLength: 2, maxLength: 40, size: 'max' }),
  moments: fc.array(fc.nat(100), { minLength: 10, maxLength: 10 }),
});
