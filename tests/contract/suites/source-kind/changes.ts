import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import type { Difference } from '@holdfast/core/source/differences.ts';
import type { DatedChange } from '@holdfast/core/source/source-kind.ts';
import { expect } from 'vitest';
import type { SourcePromise } from './given.ts';
import { BESIDE, fullLife, GROUP, type Happening, type Life, type Moment, type Thing } from './life.ts';
import { isWithin } from './reading.ts';

/** How a kind tells what happened. */
export const CHANGES: readonly SourcePromise[] = [
  {
    name: 'tells what is another at a second moment than at a first one',
    check: async (given) => {
      const life = await fullLife(given);
      for (const [index, from] of life.moments.entries())
        for (const to of [from, life.moments[index + 1] ?? from, life.last])
          expect(await differences(life, from, to, '')).toEqual(expected(from, to));
    },
  },
  {
    name: 'compares a part of a source by itself',
    check: async (given) => {
      const life = await fullLife(given);
      const [first] = life.moments;
      for (const group of [GROUP, BESIDE]) {
        const prefix = life.source.prefixOf(group);
        const isIn = ({ key }: Thing) => given.kind.address.isUnder(key, prefix);
        for (const from of [first ?? life.last, life.moments.at(-5) ?? life.last])
          expect(await differences(life, from, life.last, prefix)).toEqual(expected(from, life.last, isIn));
      }
    },
  },
  {
    name: 'tells everything that happened, once, and when',
    check: async (given) => {
      const life = await fullLife(given);
      expect(unexplained(await changes(life, 0), life.happened)).toEqual(NOTHING);
    },
  },
  {
    name: 'tells all that happened since a moment',
    check: async (given) => {
      const life = await fullLife(given);
      for (const { captured: since } of life.moments) {
        const later = life.happened.filter(({ done }) => done > since);
        const told = (await changes(life, since + 1)).filter(({ at }) => at > since);
        expect(unexplained(told, later)).toEqual(NOTHING);
      }
    },
  },
];

const NOTHING = { unexplained: [], untold: [] };

async function changes(life: Life, since: number): Promise<DatedChange[]> {
  const request = { ...life.place, since, tags: false, onProgress: () => {} };
  return Array.fromAsync(life.given.kind.history.changes(request, life.source.world));
}

/** What was told and did not happen, and what happened and was not told. */
function unexplained(told: readonly DatedChange[], happened: readonly Happening[]) {
  const left = [...happened];
  const rest = told.filter(({ kind, bytes, at }) => {
    const index = left.findIndex((one) => one.kind === kind && one.bytes === bytes && isWithin(at, one));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return { unexplained: rest, untold: left };
}

type Told = Pick<Difference, 'key' | 'change' | 'movedFrom'> & { before?: number; after?: number };

/** What is said to be another; that the same bytes were written again is no difference of the source. */
async function differences(life: Life, from: Moment, to: Moment, prefix: string): Promise<Told[]> {
  const { kind, isItem } = life.given;
  const comparison = { ...life.place, prefix, from: from.captured, to: to.captured };
  const all = await Array.fromAsync(kind.history.compare(comparison, life.source.world));
  return inOrder(
    all
      .filter(({ key, change }) => isItem(key) && change !== 'rewritten')
      .map(({ key, change, movedFrom, before, after }) => ({
        ...{ key, change },
        ...defined({ movedFrom, before: before?.size, after: after?.size }),
      })),
  );
}

function expected(from: Moment, to: Moment, isIn: (thing: Thing) => boolean = () => true): Told[] {
  const was = new Map(from.there.filter(isIn).map((thing) => [thing.id, thing]));
  const is = new Map(to.there.filter(isIn).map((thing) => [thing.id, thing]));
  const gone = [...was.values()].filter(({ id }) => !is.has(id));
  return inOrder([
    ...gone.map((thing) => ({ key: thing.key, change: 'deleted' as const, before: sizeOf(thing) })),
    ...[...is.values()].flatMap((thing) => differenceOf(was.get(thing.id), thing)),
  ]);
}

function differenceOf(was: Thing | undefined, is: Thing): Told[] {
  const { key } = is;
  if (was === undefined) return [{ key, change: 'added', after: sizeOf(is) }];
  const sizes = { before: sizeOf(was), after: sizeOf(is) };
  const moved = was.key === key ? {} : { movedFrom: was.key };
  if (was.text !== is.text) return [{ key, change: 'changed', ...moved, ...sizes }];
  return was.key === key ? [] : [{ key, change: 'moved', ...moved, ...sizes }];
}

function sizeOf({ text }: Thing): number {
  return Buffer.byteLength(text);
}

function inOrder(told: readonly Told[]): Told[] {
  return told.toSorted((a, b) => compareKeys(a.key, b.key) || compareKeys(a.change, b.change));
}
