import type { BucketQueue } from '@holdfast/core/model/queues.ts';
import fc from 'fast-check';
import { TROUBLES } from './faults.ts';
import type { ColdClass } from './lifecycle.ts';
import { type Mishap, THAW_EVENTS, type ThawEvent } from './sim.ts';

type Contents = { readonly body: number; readonly meta: number; readonly tags: number };

/** As a person asks for it, with the whole vault, or as the schedule does, with a slice of it. */
const RECONCILE_WAYS = ['manual', 'whole', 'schedule'] as const;
export type ReconcileWay = (typeof RECONCILE_WAYS)[number];

/** One thing that happens to a source, or to the pipeline that backs it up. */
export type Step =
  | ({ readonly op: 'put' | 'large' | 'sealed'; readonly key: number } & Contents)
  | { readonly op: 'beginUpload'; readonly key: number }
  | ({ readonly op: 'completeUpload'; readonly key: number } & Contents)
  | {
      readonly op: 'delete' | 'destroy' | 'expire' | 'archive' | 'thaw' | 'freeze' | 'hide';
      readonly key: number;
    }
  /** An owner gives an object so many tags; `old`: not the current version, but the one before it. */
  | { readonly op: 'tag'; readonly key: number; readonly tags: number; readonly old: boolean }
  /** An owner gives it an ACL: the default one, or one of two others. */
  | { readonly op: 'grant'; readonly key: number; readonly acl: number; readonly old: boolean }
  | { readonly op: 'pass'; readonly seconds: number }
  | { readonly op: 'deny' | 'allow'; readonly key: number }
  | { readonly op: 'denyBucket' | 'allowBucket' | 'hideBucket' | 'showBucket' }
  | { readonly op: 'unwire'; readonly end: 'eventBridge' | 'rule' }
  | { readonly op: 'listings'; readonly stale: boolean; readonly empty: boolean }
  | { readonly op: 'lose' | 'double' | 'again'; readonly n: number }
  | { readonly op: 'redrive' | 'reindex' | 'settle' | 'sweep' | 'pulse' | 'hour' }
  | { readonly op: 'reconcile'; readonly how: ReconcileWay }
  | { readonly op: 'restore'; readonly at: number; readonly target: number }
  | { readonly op: 'cancel' | 'resume'; readonly n: number }
  | {
      readonly op: 'work';
      readonly queue: BucketQueue;
      readonly messages: readonly number[];
      /** After so many looks at the clock, the function's time is up; 0: it never is. */
      readonly shortOfTime: number;
      readonly turns: number;
      readonly picks: readonly number[];
      readonly trouble?: Mishap | undefined;
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

const what = fc.constantFrom(...TROUBLES);
const trouble = fc.option(
  fc.oneof(
    fc.record({ at: fc.nat(14), of: fc.constant('turns' as const), what }),
    fc.record({ at: fc.nat(4), of: fc.constant('writes' as const), what }),
  ),
  { freq: 2, nil: undefined },
);

const EVERYWHERE: readonly BucketQueue[] = [
  'capture',
  'capture',
  'capture',
  'capture',
  'backlog',
  'backlog',
  'reconcile',
  'restore',
  'restoreWork',
  'report',
];
const JOBS: readonly BucketQueue[] = [
  'capture',
  'backlog',
  'reconcile',
  'reconcile',
  'restore',
  'restore',
  'restoreWork',
  'report',
];
const RESTORING: readonly BucketQueue[] = ['capture', 'restore', 'restoreWork', 'restoreWork', 'restoreWork'];

const workOn = (queues: readonly BucketQueue[]) =>
  fc.record({
    op: fc.constant('work' as const),
    queue: fc.constantFrom(...queues),
    messages: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
    shortOfTime: fc.constantFrom(0, 0, 0, 1, 2, 5),
    turns: fc.constantFrom(0, 1, 2, 3, 5, 8, 13, 40, 100),
    picks: fc.array(fc.nat(5), { maxLength: 5 }),
    trouble,
  });
const work = workOn(EVERYWHERE);

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Step> };
const often = (weight: number, arbitrary: fc.Arbitrary<Step>): Weighted => ({ weight, arbitrary });

const put = fc.record({ op: fc.constant('put' as const), ...contents });
const large = fc.record({ op: fc.constant('large' as const), ...contents });
const sealed = fc.record({ op: fc.constant('sealed' as const), ...contents });
const tag = fc.record({
  op: fc.constant('tag' as const),
  key,
  tags: fc.constantFrom(0, 1, 1, 2, 3, 10),
  old: fc.constantFrom(false, false, false, true),
});
const grant = fc.record({
  op: fc.constant('grant' as const),
  key,
  acl: fc.constantFrom(0, 1, 1, 2),
  old: fc.constantFrom(false, false, false, true),
});
const completeUpload = fc.record({ op: fc.constant('completeUpload' as const), ...contents });
const pass = (...seconds: number[]) =>
  fc.record({ op: fc.constant('pass' as const), seconds: fc.constantFrom(...seconds) });
const message = (...ops: ['lose' | 'double' | 'again', ...Array<'lose' | 'double' | 'again'>]) =>
  fc.record({ op: fc.constantFrom(...ops), n: fc.nat(9) });
const unwire = fc.record({
  op: fc.constant('unwire' as const),
  end: fc.constantFrom('eventBridge' as const, 'rule' as const),
});
const listings = fc.record({
  op: fc.constant('listings' as const),
  stale: fc.boolean(),
  empty: fc.constantFrom(false, false, true),
});
const restore = fc.record({ op: fc.constant('restore' as const), at: fc.nat(100), target: fc.nat(1) });
const restoreOfNow = fc.record({
  op: fc.constant('restore' as const),
  at: fc.constant(100),
  target: fc.nat(1),
});

const reconcile = fc.record({
  op: fc.constant('reconcile' as const),
  how: fc.constantFrom(...RECONCILE_WAYS),
});
const ofJob = fc.record({ op: fc.constantFrom('cancel' as const, 'resume' as const), n: fc.nat(5) });

/** Everything that can happen. */
const anyStep = fc.oneof(
  often(16, put),
  often(4, large),
  often(1, sealed),
  often(5, tag),
  often(1, grant),
  often(1, onKey('beginUpload')),
  often(2, completeUpload),
  often(8, onKey('delete')),
  often(4, onKey('destroy')),
  often(1, onKey('expire')),
  often(1, onKey('archive', 'thaw')),
  often(8, pass(1, 1, 1, 5, 1200, 4 * 24 * 3600)),
  often(1, onKey('deny', 'allow')),
  often(1, nothingMore('denyBucket', 'allowBucket', 'hideBucket', 'showBucket')),
  often(1, unwire),
  often(2, listings),
  often(4, message('lose', 'double', 'again')),
  often(1, nothingMore('redrive', 'reindex')),
  often(1, onKey('freeze')),
  often(1, onKey('hide')),
  often(1, nothingMore('sweep')),
  often(3, reconcile),
  often(2, nothingMore('settle')),
  often(2, restore),
  often(1, ofJob),
  often(34, work),
);

/** Handlers that meet on one object, and little else. */
const meeting = fc.oneof(
  often(5, put),
  often(2, large),
  often(3, onKey('delete')),
  often(2, onKey('destroy')),
  often(3, pass(1)),
  often(2, message('double', 'again', 'lose')),
  often(1, reconcile),
  often(1, nothingMore('settle')),
  often(12, work),
);

/** Handlers that meet on the tags of one object. */
const tagging = fc.oneof(
  often(3, put),
  often(2, large),
  often(8, tag),
  often(2, onKey('delete')),
  often(1, onKey('destroy')),
  often(1, onKey('archive', 'thaw')),
  often(3, pass(1, 1, 1200)),
  often(2, message('double', 'again', 'lose')),
  often(1, nothingMore('redrive', 'reindex')),
  often(1, reconcile),
  often(2, nothingMore('settle')),
  often(14, work),
);

/** Handlers that meet on the ACL of one object. */
const granting = fc.oneof(
  often(3, put),
  often(1, large),
  often(8, grant),
  often(1, tag),
  often(2, onKey('delete')),
  often(1, onKey('destroy')),
  often(3, pass(1, 1, 1200)),
  often(2, message('double', 'again', 'lose')),
  often(1, nothingMore('redrive', 'reindex')),
  often(1, reconcile),
  often(2, nothingMore('settle')),
  often(14, work),
);

/** Everything that can happen, and hourly checks in between. */
const checked = fc.oneof(often(8, anyStep), often(1, nothingMore('pulse', 'hour')));

/** Events that get lost, and checks that have to find it. */
const deaf = fc.oneof(
  often(6, put),
  often(1, large),
  often(4, onKey('delete')),
  often(3, pass(1, 1, 1200)),
  often(5, message('lose', 'lose', 'double', 'again')),
  often(1, unwire),
  often(1, listings),
  often(2, nothingMore('pulse')),
  often(6, nothingMore('hour')),
  often(4, work),
);

/** Objects that are copied in parts, and what overtakes them. */
const inParts = fc.oneof(
  often(6, large),
  often(3, put),
  often(1, tag),
  often(2, onKey('delete')),
  often(2, onKey('destroy')),
  often(3, pass(1, 1, 1200)),
  often(2, message('double', 'again')),
  often(1, reconcile),
  often(1, nothingMore('settle')),
  often(14, work),
);

/** Jobs that begin, go on and end at the same time, and are cancelled, while access comes and goes. */
const jobs = fc.oneof(
  often(3, put),
  often(1, large),
  often(2, onKey('delete')),
  often(2, pass(1, 1, 1200)),
  often(1, message('double', 'lose')),
  often(4, message('again')),
  often(1, onKey('deny', 'allow')),
  often(1, nothingMore('denyBucket', 'allowBucket', 'hideBucket', 'showBucket')),
  often(1, nothingMore('redrive', 'settle')),
  often(1, onKey('hide')),
  often(3, reconcile),
  often(4, restore),
  often(3, ofJob),
  often(20, workOn(JOBS)),
);

/** Restores of copies in archives, and what comes in between. */
const frozen = fc.oneof(
  often(1, put),
  often(1, large),
  often(3, onKey('freeze')),
  often(1, nothingMore('settle')),
  often(4, restoreOfNow),
  often(2, pass(1, 1200, 6 * 3600, 4 * 24 * 3600)),
  often(1, nothingMore('sweep', 'redrive')),
  often(1, message('double', 'again')),
  often(14, workOn(RESTORING)),
);

const SETTLED: Step = { op: 'settle' };
const FROZEN: Step = { op: 'freeze', key: 0 };

const thawing: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(fc.oneof(often(2, put), often(1, large)), { minLength: 1, maxLength: 3 }),
    fc.array(frozen, { minLength: 2, maxLength: 20, size: 'max' }),
  )
  .map(([before, after]) => [...before, SETTLED, FROZEN, ...after]);

/** A handler that takes a few turns, beside those that had begun before it. */
const briefWork = fc.record({
  op: fc.constant('work' as const),
  queue: fc.constant('capture' as const),
  messages: fc.constant([0]),
  shortOfTime: fc.constant(0),
  turns: fc.nat(8),
  picks: fc.array(fc.nat(2), { maxLength: 3 }),
});

/** One object that is deleted, comes back and is deleted again, each time while handlers are at it. */
const undone: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.oneof(often(1, briefWork), often(1, fc.constant(SETTLED))),
    fc.array(
      fc.tuple(
        fc
          .oneof(often(1, put), often(2, onKey('delete')), often(2, onKey('destroy')))
          .map((step) => ('key' in step ? { ...step, key: 0 } : step)),
        briefWork,
      ),
      { minLength: 1, maxLength: 8, size: 'max' },
    ),
  )
  .map(([first, steps]) => [
    { op: 'put', key: 0, body: 0, meta: 0, tags: 0 },
    first,
    ...steps.flat(),
    SETTLED,
  ]);

const weighed = (weight: number, arbitrary: fc.Arbitrary<Step[]>) => ({ weight, arbitrary });

/** A history: how its world is set up, what happens, and the moments to be restored, in percent of its length. */
export type History = {
  readonly versioned: boolean;
  readonly locked: boolean;
  readonly constantSequencer: boolean;
  readonly tagsBeside: boolean;
  /** The ACLs of objects are remembered, and restored. */
  readonly acls: boolean;
  readonly cold: ColdClass;
  readonly thawEvents: readonly ThawEvent[];
  readonly steps: readonly Step[];
  /** How the vault is compared in the end: all at once, or in a week of slices. */
  readonly vault: 'whole' | 'week';
  readonly moments: readonly number[];
};

/**
 * What histories are mostly about: `usual` as things are used; `rare` what is seldom, goes on for long, or is undone; `quiet` events
 * that get lost, and hourly checks.
 */
export const WEIGHTS = ['usual', 'rare', 'quiet'] as const;
export type Weights = (typeof WEIGHTS)[number];

const upTo = (maxLength: number, step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> =>
  fc.array(step, { minLength: 2, maxLength, size: 'max' });

const STEPS: Readonly<Record<Weights, fc.Arbitrary<Step[]>>> = {
  usual: fc.oneof(
    weighed(3, upTo(40, anyStep)),
    weighed(5, upTo(25, meeting)),
    weighed(3, upTo(25, inParts)),
    weighed(3, upTo(25, tagging)),
    weighed(3, upTo(25, granting)),
    weighed(1, thawing),
  ),
  rare: fc.oneof(
    weighed(1, upTo(40, anyStep)),
    weighed(2, upTo(25, tagging)),
    weighed(3, upTo(25, inParts)),
    weighed(3, thawing),
    weighed(5, upTo(25, jobs)),
    weighed(3, undone),
  ),
  quiet: fc.oneof(weighed(3, upTo(25, deaf)), weighed(1, upTo(40, checked))),
};

// What is checked in the end takes longer than what happens before: few histories check much, and many are played.
const moments = (count: number) => fc.array(fc.nat(100), { minLength: count, maxLength: count });

export const historyOf = (weights: Weights): fc.Arbitrary<History> =>
  fc.record({
    versioned: fc.boolean(),
    locked: fc.boolean(),
    constantSequencer: fc.constantFrom(false, false, false, true),
    tagsBeside: fc.boolean(),
    acls: fc.constantFrom(true, true, false),
    steps: STEPS[weights],
    moments: fc.oneof({ weight: 7, arbitrary: moments(2) }, { weight: 1, arbitrary: moments(10) }),
    cold: fc.constantFrom<ColdClass[]>(undefined, undefined, undefined, 'GLACIER', 'DEEP_ARCHIVE'),
    vault: fc.oneof(
      { weight: 7, arbitrary: fc.constant('whole' as const) },
      { weight: 1, arbitrary: fc.constant('week' as const) },
    ),
    thawEvents: fc.array(fc.constantFrom(...THAW_EVENTS), { minLength: 1, maxLength: 4 }),
  });
