import fc from 'fast-check';
import { TROUBLES } from '../faults.ts';
import type { Mishap } from '../sim.ts';

export const SITE_WORK = ['site', 'documents', 'largeDocuments'] as const;
export type SiteWork = (typeof SITE_WORK)[number];

/** What becomes of the activities that come: late by so many minutes. */
type ActivityFate = 'kept' | 'lost' | 'doubled' | number;
/** What the site lists, for a while. */
const LISTINGS = ['whole', 'no users', 'no contents', 'some contents', 'no activities', 'nothing'] as const;
export type SiteListing = (typeof LISTINGS)[number];

/** One thing that people do on a site, or that happens to what backs it up. Things are meant by their number. */
export type SiteStep =
  | { readonly op: 'upload'; readonly folder: number; readonly name: number; readonly large: boolean }
  | { readonly op: 'newVersion'; readonly document: number; readonly large: boolean }
  | { readonly op: 'renameDocument' | 'moveDocument'; readonly document: number; readonly to: number }
  | {
      readonly op:
        | 'recycleDocument'
        | 'restoreDocument'
        | 'deleteDocument'
        | 'revert'
        | 'deleteVersion'
        | 'restoreVersions'
        | 'comment'
        | 'share'
        | 'label'
        | 'describe'
        | 'beginUpload'
        | 'spoil';
      readonly document: number;
    }
  | { readonly op: 'createFolder'; readonly folder: number; readonly name: number }
  | { readonly op: 'renameFolder' | 'moveFolder'; readonly folder: number; readonly to: number }
  | { readonly op: 'recycleFolder' | 'restoreFolder' | 'deleteFolder'; readonly folder: number }
  | { readonly op: 'deactivate' | 'finishUploads' | 'poll' | 'crawl' | 'drain' | 'settle' | 'redrive' }
  | { readonly op: 'fate'; readonly fate: ActivityFate }
  | { readonly op: 'listing'; readonly listing: SiteListing }
  | { readonly op: 'pass'; readonly minutes: number }
  | { readonly op: 'again' | 'hide'; readonly n: number }
  | {
      readonly op: 'work';
      readonly queue: SiteWork;
      readonly messages: readonly number[];
      readonly shortOfTime: number;
      readonly turns: number;
      readonly picks: readonly number[];
      readonly trouble?: Mishap | undefined;
    };

export type SiteHistory = {
  readonly kind: 'site';
  /** No activity is lost, or later than the overlap of polls: then polls alone find what activities tell of. */
  readonly told: boolean;
  readonly steps: readonly SiteStep[];
};

const document = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3);
const folder = fc.nat(4);
const on = <Op extends string>(...ops: [Op, ...Op[]]) => fc.constantFrom(...ops);

const trouble = fc.option(
  fc.record({
    at: fc.nat(12),
    of: fc.constantFrom('turns' as const, 'turns' as const, 'writes' as const),
    what: fc.constantFrom(...TROUBLES),
  }),
  { freq: 2, nil: undefined },
);

const work = fc.record({
  op: fc.constant('work' as const),
  queue: fc.constantFrom(...SITE_WORK, 'documents' as const, 'documents' as const),
  messages: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  shortOfTime: fc.constantFrom(0, 0, 0, 1, 2, 4),
  turns: fc.constantFrom(0, 1, 3, 5, 8, 13, 40, 100),
  picks: fc.array(fc.nat(5), { maxLength: 5 }),
  trouble,
});

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<SiteStep> };
const often = (weight: number, arbitrary: fc.Arbitrary<SiteStep>): Weighted => ({ weight, arbitrary });

const people: readonly Weighted[] = [
  often(8, fc.record({ op: on('upload'), folder, name: fc.nat(3), large: fc.boolean() })),
  often(6, fc.record({ op: on('newVersion'), document, large: fc.constantFrom(false, false, true) })),
  often(6, fc.record({ op: on('renameDocument', 'moveDocument'), document, to: fc.nat(4) })),
  often(10, fc.record({ op: on('recycleDocument', 'restoreDocument'), document })),
  often(4, fc.record({ op: on('revert', 'deleteVersion', 'comment', 'share'), document })),
  often(1, fc.record({ op: on('spoil'), document })),
  often(3, fc.record({ op: on('createFolder'), folder, name: fc.nat(3) })),
  often(3, fc.record({ op: on('renameFolder', 'moveFolder'), folder, to: fc.nat(4) })),
  often(5, fc.record({ op: on('recycleFolder', 'restoreFolder'), folder })),
  often(1, fc.record({ op: on('finishUploads') })),
];

/** What no activity tells of. */
const untold: readonly Weighted[] = [
  often(
    1,
    fc.record({ op: on('deleteDocument', 'restoreVersions', 'label', 'describe', 'beginUpload'), document }),
  ),
  often(1, fc.record({ op: on('deleteFolder'), folder })),
  often(1, fc.record({ op: on('deactivate') })),
  often(
    2,
    fc.record({
      op: on('listing'),
      listing: fc.constantFrom(...LISTINGS, 'some contents' as const, 'some contents' as const),
    }),
  ),
];

const pipeline: readonly Weighted[] = [
  often(8, fc.record({ op: on('poll') })),
  often(6, fc.record({ op: on('pass'), minutes: fc.constantFrom(0, 1, 5, 20, 60, 600) })),
  often(2, fc.record({ op: on('again'), n: fc.nat(5) })),
  often(1, fc.record({ op: on('hide'), n: fc.nat(20) })),
  often(1, fc.record({ op: on('redrive', 'settle') })),
  often(3, fc.record({ op: on('drain') })),
  often(24, work),
];

const fates = (...allowed: readonly ActivityFate[]) =>
  often(3, fc.record({ op: on('fate'), fate: fc.constantFrom(...allowed) }));
const crawls = (weight: number) => often(weight, fc.record({ op: on('crawl') }));

const steps = (weighted: readonly Weighted[]) =>
  fc.array(fc.oneof(...weighted), { minLength: 3, maxLength: 40, size: 'max' });

export const anySiteHistory: fc.Arbitrary<SiteHistory> = fc.oneof(
  fc.record({
    kind: fc.constant('site' as const),
    told: fc.constant(true),
    steps: steps([...people, ...pipeline, crawls(2), fates('kept', 'doubled', 5, 25)]),
  }),
  fc.record({
    kind: fc.constant('site' as const),
    told: fc.constant(false),
    steps: steps([
      ...people,
      ...untold,
      ...pipeline,
      crawls(6),
      fates('kept', 'lost', 'doubled', 5, 25, 120),
    ]),
  }),
);
