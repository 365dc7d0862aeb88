import type { Address } from '@holdfast/core/model/address.ts';
import type { SourceHistory, SourceKind } from '@holdfast/core/source/source-kind.ts';
import { describe, expect, it } from 'vitest';
import type { GivenKind } from './suites/source-kind/given.ts';
import { PROMISES } from './suites/source-kind.ts';
import { GIVEN_BUCKET } from './support/given-bucket.ts';
import { GIVEN_SITE } from './support/given-site.ts';

/** Something that a kind does wrong, and which promises it breaks by that. */
type Fault = {
  readonly name: string;
  readonly given: GivenKind;
  readonly address?: (right: Address) => Partial<Address>;
  readonly history?: (right: SourceHistory) => Partial<SourceHistory>;
  readonly breaks: readonly [string, ...string[]];
};

const LATE = Number.MAX_SAFE_INTEGER;
const DAY = 24 * 3600 * 1000;

const FAULTS: readonly Fault[] = [
  {
    name: 'shows every moment as it is now',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({ statesAt: (place, _, world) => statesAt(place, LATE, world) }),
    breaks: [
      'lists what was there at every moment',
      'lists what had been deleted by a moment: when, and what it was last',
    ],
  },
  {
    name: 'shows what was deleted as if it were there',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({
      statesAt: async function* (...asked) {
        for await (const { deleted, ...state } of statesAt(...asked))
          yield deleted?.last === undefined ? state : { ...state, current: deleted.last };
      },
    }),
    breaks: [
      'lists what was there at every moment',
      'lists what had been deleted by a moment: when, and what it was last',
    ],
  },
  {
    name: 'forgets what was deleted',
    given: GIVEN_SITE,
    history: ({ statesAt }) => ({
      statesAt: async function* (...asked) {
        for await (const state of statesAt(...asked)) if (state.current !== undefined) yield state;
      },
    }),
    breaks: ['lists what had been deleted by a moment: when, and what it was last'],
  },
  {
    name: 'lists in another order',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({
      statesAt: async function* (...asked) {
        yield* (await Array.fromAsync(statesAt(...asked))).toReversed();
      },
    }),
    breaks: ['lists in the order of the keys'],
  },
  {
    name: 'shows what nobody captured',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({
      statesAt: async function* (...asked) {
        yield { key: '', vaultKey: '' };
        yield* statesAt(...asked);
      },
    }),
    breaks: [
      'lists under a prefix what it calls under it, and nothing else',
      'lists what had been deleted by a moment: when, and what it was last',
      'has nothing of a source that nothing was captured of',
    ],
  },
  {
    name: 'lists no name that is too long for a key of the vault',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({
      statesAt: async function* (...asked) {
        for await (const state of statesAt(...asked)) if (!state.vaultKey.includes('~long/')) yield state;
      },
    }),
    breaks: ['lists names that have broken tools'],
  },
  {
    name: 'takes a sibling of a folder for a part of it',
    given: GIVEN_BUCKET,
    address: () => ({ isUnder: (key, prefix) => key.startsWith(prefix.replace(/\/$/, '')) }),
    breaks: [
      'lists under a prefix what it calls under it, and nothing else',
      'takes no sibling of a group for a part of it',
      'compares a part of a source by itself',
      'selects what lies under a prefix',
    ],
  },
  {
    name: 'has only the versions proven that are on top',
    given: GIVEN_BUCKET,
    history: ({ candidates }) => ({
      candidates: async function* (...asked) {
        for await (const one of candidates(...asked)) if (one.version.latest) yield one;
      },
    }),
    breaks: [
      'brings every version back by its id',
      'has every version proven, older and deleted ones too',
      'has only that proven which a moment had',
      'has damaged bytes found, of every version',
    ],
  },
  {
    name: 'has everything proven, whatever moment is asked for',
    given: GIVEN_SITE,
    history: ({ candidates }) => ({
      candidates: ({ source, prefix }, ...more) => candidates({ source, prefix }, ...more),
    }),
    breaks: ['has only that proven which a moment had'],
  },
  {
    name: 'tells nobody of entries without a copy',
    given: GIVEN_BUCKET,
    history: ({ candidates }) => ({
      candidates: (request, listeners, world) =>
        candidates(request, { ...listeners, onUnmatched: async () => {} }, world),
    }),
    breaks: ['has the versions found that are not there any more'],
  },
  {
    name: 'tells no version that was replaced',
    given: GIVEN_BUCKET,
    history: ({ versionsOf }) => ({
      versionsOf: async function* (...asked) {
        for await (const one of versionsOf(...asked))
          if ('event' in one || one.state !== 'replaced') yield one;
      },
    }),
    breaks: ['tells every version of an object, the newest first'],
  },
  {
    name: 'tells every version as the current one',
    given: GIVEN_SITE,
    history: ({ versionsOf }) => ({
      versionsOf: async function* (...asked) {
        for await (const one of versionsOf(...asked))
          yield 'event' in one ? one : { ...one, state: 'current' };
      },
    }),
    breaks: ['tells which version of an object is the current one'],
  },
  {
    name: 'tells the versions of another object',
    given: GIVEN_BUCKET,
    history: ({ versionsOf, version }) => ({
      versionsOf: ({ source, key }, world) => versionsOf({ source, key: key.slice(0, 10) }, world),
      version: ({ source, key }, ...more) => version({ source, key: key.slice(0, 10) }, ...more),
    }),
    breaks: ['tells no version of what nobody captured', 'finds versions of names that have broken tools'],
  },
  {
    name: 'finds what there is now, whatever moment is asked for',
    given: GIVEN_SITE,
    history: ({ version }) => ({
      version: (object, wanted, world) => version(object, 'at' in wanted ? { at: LATE } : wanted, world),
    }),
    breaks: ['finds the version of every moment, or says that there was none'],
  },
  {
    name: 'says of what was deleted that it never was',
    given: GIVEN_BUCKET,
    history: ({ version }) => ({
      version: async (...asked) => {
        const found = await version(...asked);
        return 'absent' in found ? { absent: 'object' } : found;
      },
    }),
    breaks: ['says when an object was deleted that is not found'],
  },
  {
    name: 'finds the newest version, whatever id is asked for',
    given: GIVEN_BUCKET,
    history: ({ version }) => ({ version: (object, _, world) => version(object, { at: LATE }, world) }),
    breaks: [
      'finds the version of every moment, or says that there was none',
      'says when an object was deleted that is not found',
      'finds every version of an object by its ids, and none by another',
    ],
  },
  {
    name: 'compares, and misses what was deleted',
    given: GIVEN_BUCKET,
    history: ({ compare }) => ({
      compare: async function* (...asked) {
        for await (const one of compare(...asked)) if (one.change !== 'deleted') yield one;
      },
    }),
    breaks: [
      'tells what is another at a second moment than at a first one',
      'compares a part of a source by itself',
    ],
  },
  {
    name: 'compares, and takes what moved for something new',
    given: GIVEN_SITE,
    history: ({ compare }) => ({
      compare: async function* (...asked) {
        for await (const one of compare(...asked))
          yield one.change === 'moved' ? { ...one, change: 'added' } : one;
      },
    }),
    breaks: ['tells what is another at a second moment than at a first one'],
  },
  {
    name: 'dates what happened by the next day',
    given: GIVEN_BUCKET,
    history: ({ changes }) => ({
      changes: async function* (...asked) {
        for await (const one of changes(...asked)) yield { ...one, at: one.at + DAY };
      },
    }),
    breaks: ['tells everything that happened, once, and when', 'tells all that happened since a moment'],
  },
  {
    name: 'begins anew behind every mark',
    given: GIVEN_BUCKET,
    history: ({ lookThrough }) => ({
      lookThrough: (part, selection, _, ...more) => lookThrough(part, selection, undefined, ...more),
    }),
    breaks: [
      'goes on behind every mark, or is read as a whole',
      'comes back into a bucket as it was at a moment, or refuses that',
      'comes back into a bucket with names that have broken tools, or refuses that',
    ],
  },
  {
    name: 'goes through one part of two',
    given: GIVEN_BUCKET,
    history: () => ({ parts: ['plain'] }),
    breaks: [
      'selects all that was there, once',
      'comes back into a bucket with names that have broken tools, or refuses that',
    ],
  },
  {
    name: 'selects all, whatever is asked for',
    given: GIVEN_BUCKET,
    history: ({ lookThrough }) => ({
      lookThrough: (part, { at, source }, ...more) =>
        lookThrough(
          part,
          {
            ...{ at, source, prefix: '', include: [], exclude: [] },
            ...{ deletedOnly: false, allVersions: false, sidecars: false },
          },
          ...more,
        ),
    }),
    breaks: [
      'brings every version back by its id',
      'selects what lies under a prefix',
      'selects what its globs say',
      'selects what changed since a moment',
      'selects what was deleted, as it was last',
    ],
  },
  {
    name: 'leaves older versions out where all are asked for',
    given: GIVEN_SITE,
    history: ({ lookThrough }) => ({
      lookThrough: (part, selection, ...more) =>
        lookThrough(part, { ...selection, allVersions: false }, ...more),
    }),
    breaks: ['selects every version of what was there, where it knows that option'],
  },
  {
    name: 'has a selection only once',
    given: GIVEN_BUCKET,
    history: ({ selectRepeatedly }) => ({
      selectRepeatedly: (...asked) => {
        const once = selectRepeatedly(...asked)();
        return () => once;
      },
    }),
    breaks: [
      'selects the same each time',
      'comes back into a folder as it was at a moment',
      'comes back into a folder with names that have broken tools',
    ],
  },
  {
    name: 'has a selection as of now',
    given: GIVEN_SITE,
    history: ({ selectRepeatedly }) => ({
      selectRepeatedly: (selection, ...more) => selectRepeatedly({ ...selection, at: LATE }, ...more),
    }),
    breaks: ['comes back into a folder as it was at a moment'],
  },
  {
    name: 'says of every key that it was there',
    given: GIVEN_BUCKET,
    history: () => ({ presence: () => ({ has: async () => true }) }),
    breaks: ['knows which keys there were, where it can make a bucket exact'],
  },
  {
    name: 'rebuilds no entry of what was deleted',
    given: GIVEN_BUCKET,
    history: ({ entries }) => ({
      entries: {
        ...entries,
        statesOf: async function* (...asked) {
          for await (const state of entries.statesOf(...asked)) if (state.current !== undefined) yield state;
        },
      },
    }),
    breaks: ['has a lost catalog rebuilt as it was'],
  },
  {
    name: 'names another version in each entry',
    given: GIVEN_SITE,
    history: ({ entries }) => ({
      entries: {
        ...entries,
        factsOf: () => async () => ({}),
        statesOf: async function* (...asked) {
          for await (const { current, ...state } of entries.statesOf(...asked))
            yield current === undefined ? state : { ...state, current: { ...current, versionId: 'other' } };
        },
      },
    }),
    breaks: ['has a lost catalog rebuilt as it was', 'has the totals of a source rebuilt as they were'],
  },
  {
    name: 'counts folders and users as objects',
    given: GIVEN_SITE,
    history: ({ entries }) => ({ entries: { ...entries, isCounted: () => true } }),
    breaks: ['has the totals of a source rebuilt as they were'],
  },
  {
    name: 'finds a source twice',
    given: GIVEN_BUCKET,
    history: ({ entries }) => ({
      entries: {
        ...entries,
        sources: async function* (world) {
          yield* entries.sources(world);
          yield* entries.sources(world);
        },
      },
    }),
    breaks: ['finds its sources in the vault, each once', 'leaves a right catalog alone'],
  },
  {
    name: 'has something everywhere',
    given: GIVEN_BUCKET,
    history: () => ({ hasAny: async () => true }),
    breaks: ['knows whether there is, or was, anything at a place'],
  },
  {
    name: 'takes the newest moment for the oldest',
    given: GIVEN_BUCKET,
    history: ({ statesAt }) => ({
      oldestMoment: async (place, world) => {
        let newest: number | undefined;
        for await (const { current } of statesAt(place, LATE, world))
          if (current !== undefined) newest = Math.max(newest ?? 0, current.lastModified);
        return newest;
      },
    }),
    breaks: ['knows the oldest moment of a place'],
  },
  {
    name: 'leaves one of its prefixes in the vault out',
    given: GIVEN_BUCKET,
    address: ({ vaultPrefixes }) => ({ vaultPrefixes: (source) => vaultPrefixes(source).slice(1) }),
    breaks: [
      'has all that it writes under its prefixes in the vault',
      'comes back into a bucket as it was at a moment, or refuses that',
    ],
  },
  {
    name: 'has the prefix of another source as well',
    given: GIVEN_SITE,
    address: ({ vaultPrefixes }) => ({
      vaultPrefixes: (source) => vaultPrefixes(source.replace(/-2$/, '')),
      stackLabel: (source) => ({ label: source, unique: source.replace(/-2$/, '') }),
    }),
    breaks: [
      'tells the stacks of two sources apart',
      'has nothing of one source under the prefixes of another',
    ],
  },
  {
    name: 'decodes what it reads',
    given: GIVEN_BUCKET,
    address: ({ parse }) => ({
      parse: (text) => {
        const { source, prefix } = parse(text);
        return { source, prefix: prefix.replaceAll('%20', ' ') };
      },
    }),
    breaks: ['reads the URIs that it writes', 'reads the URI of every key, whatever is in it'],
  },
  {
    name: 'takes what is no URI',
    given: GIVEN_SITE,
    address: ({ parse, scheme }) => ({
      parse: (text) => {
        try {
          return parse(text);
        } catch {
          return { source: `${scheme}d-926726012c`, prefix: '' };
        }
      },
    }),
    breaks: ['refuses what is no URI of it, and says how to write one'],
  },
  {
    name: 'has the scheme of another',
    given: GIVEN_SITE,
    address: () => ({ scheme: 'site://' }),
    breaks: [
      'reads the URIs that it writes',
      'is found by the source that it names',
      'comes back into a bucket as it was at a moment, or refuses that',
      'comes back into a bucket with names that have broken tools, or refuses that',
    ],
  },
  {
    name: 'says that keys under a folder begin with less than its name',
    given: GIVEN_SITE,
    address: () => ({ keysUnder: (prefix) => prefix }),
    breaks: ['says what the keys under a prefix begin with'],
  },
  {
    name: 'refuses nothing',
    given: GIVEN_SITE,
    address: () => ({ refusal: () => undefined }),
    breaks: ['refuses a restore that makes no sense, and takes the others'],
  },
];

/** Those of the named promises that a kind breaks. */
async function brokenOf(names: readonly string[], given: GivenKind): Promise<string[]> {
  const broken: string[] = [];
  for (const wanted of names) {
    const check = PROMISES.find(({ name }) => name === wanted)?.check;
    if (check === undefined) throw new Error(`there is no promise "${wanted}"`);
    await check(given).catch(() => broken.push(wanted));
  }
  return broken;
}

function withFault({ kind }: GivenKind, { address, history }: Fault): SourceKind {
  return {
    address: { ...kind.address, ...address?.(kind.address) },
    history: { ...kind.history, ...history?.(kind.history) },
  };
}

describe('a kind of source that', () => {
  it.each(FAULTS)('$name is found out', async (fault) => {
    const given = { ...fault.given, kind: withFault(fault.given, fault) };
    expect(await brokenOf(fault.breaks, given)).toEqual(fault.breaks);
  });

  it('breaks any of the promises: each is broken by a fault', () => {
    const found = new Set(FAULTS.flatMap(({ breaks }) => breaks));
    expect(PROMISES.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
  });
});
