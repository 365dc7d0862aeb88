import fc from 'fast-check';

/** One thing that happens to a source, or to the pipeline that backs it up. */
export type Step =
  | { op: 'put'; key: number; body: number; meta: number; tag: number }
  | { op: 'multipart'; key: number; body: number; meta: number }
  | { op: 'large'; key: number; body: number; meta: number }
  | { op: 'delete'; key: number }
  | { op: 'destroy'; key: number }
  | { op: 'pass'; s: number }
  | { op: 'deliver'; pick: number[]; kill: number; race: number }
  | { op: 'lose'; n: number }
  | { op: 'double'; n: number }
  | { op: 'backlog'; n: number; kill: number }
  | { op: 'reconcileStep'; kill: number }
  | { op: 'reconcile' };

const key = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2);
const kill = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
);
const small = fc.nat(2);
/** Any step; one object gets most of them, so that they meet. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      key,
      body: small,
      meta: fc.nat(1),
      tag: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('multipart' as const), key, body: small, meta: fc.nat(1) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('large' as const),
      key,
      body: small,
      meta: fc.nat(1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('destroy' as const), key }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('pass' as const), s: fc.constantFrom(1, 5, 1200) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      op: fc.constant('deliver' as const),
      pick: fc.array(fc.nat(9), { maxLength: 4 }),
      kill,
      race: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('lose' as const), n: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('double' as const), n: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('backlog' as const), n: fc.nat(9), kill }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reconcileStep' as const), kill }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reconcile' as const) }) },
);
