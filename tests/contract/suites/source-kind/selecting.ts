import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { selectedObjects } from '@holdfast/core/source/select-objects.ts';
import type { Looked, Selected, Selection } from '@holdfast/core/source/selection.ts';
import { expect } from 'vitest';
import type { SourcePromise } from './given.ts';
import { awkwardLife, BESIDE, fullLife, GROUP, ITEMS, type Life, type Thing } from './life.ts';
import { NOW, sorted, textOf, textsOf } from './reading.ts';

/** How a part of a source is chosen that is to be restored. */
export const SELECTING: readonly SourcePromise[] = [
  {
    name: 'goes on behind every mark, or is read as a whole',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        for (const part of given.kind.history.parts) {
          const all = await lookedAt(life, part, undefined);
          // What is read as a whole takes no notice of marks.
          const marks = given.kind.history.resumable ? [...all.keys()] : [0];
          for (const index of marks) {
            const rest = given.kind.history.resumable ? all.slice(index + 1) : all;
            expect(keysOf(await lookedAt(life, part, all[index]?.mark))).toEqual(keysOf(rest));
          }
        }
      }
    },
  },
  {
    name: 'selects all that was there, once',
    check: async (given) => {
      for (const life of [await fullLife(given), await awkwardLife(given)])
        for (const { captured, there } of life.moments)
          expect(await textsIn(life, { at: captured })).toEqual(textsOf(there));
    },
  },
  {
    name: 'selects what lies under a prefix',
    check: async (given) => {
      const life = await fullLife(given);
      const { isUnder } = given.kind.address;
      for (const group of [GROUP, BESIDE]) {
        const prefix = life.source.prefixOf(group);
        const under = life.last.there.filter(({ key }) => isUnder(key, prefix));
        expect(await textsIn(life, { prefix })).toEqual(textsOf(under));
      }
    },
  },
  {
    name: 'selects what its globs say',
    check: async (given) => {
      const life = await fullLife(given);
      const globs = [life.source.keyOf(ITEMS.kept)];
      const [kept, others] = [[] as Thing[], [] as Thing[]];
      for (const one of life.last.there) (globs.includes(one.key) ? kept : others).push(one);
      expect(await textsIn(life, { include: globs })).toEqual(textsOf(kept));
      expect(await textsIn(life, { exclude: globs })).toEqual(textsOf(others));
    },
  },
  {
    name: 'selects what changed since a moment',
    check: async (given) => {
      const life = await fullLife(given);
      for (const { captured: changedSince } of life.moments) {
        const changed = life.last.there.filter(({ written }) => written.captured > changedSince);
        expect(await textsIn(life, { changedSince })).toEqual(textsOf(changed));
      }
    },
  },
  {
    name: 'selects what was deleted, as it was last',
    check: async (given) => {
      const life = await fullLife(given);
      for (const { captured: changedSince, deleted: before } of life.moments) {
        const after = life.last.deleted.filter((one) => !before.includes(one));
        expect(await textsIn(life, { deletedOnly: true, changedSince })).toEqual(textsOf(after));
      }
      expect(await textsIn(life, { deletedOnly: true })).toEqual(textsOf(life.last.deleted));
    },
  },
  {
    name: 'selects every version of what was there, where it knows that option',
    check: async (given) => {
      if (!given.kind.address.restoreOptions.includes('allVersions')) return;
      const life = await fullLife(given);
      const ids = new Set(life.last.there.map(({ id }) => id));
      const texts = life.versions.filter(({ id }) => ids.has(id)).map(({ text }) => text);
      const found = (await textsIn(life, { allVersions: true })).map(([, text]) => text);
      expect(found.toSorted()).toEqual(texts.toSorted());
    },
  },
  {
    name: 'selects the same each time',
    check: async (given) => {
      const life = await fullLife(given);
      const select = given.kind.history.selectRepeatedly(selection(life), life.source.world, {});
      const once = await Array.fromAsync(select());
      expect(once.filter(({ key }) => given.isItem(key))).toHaveLength(life.last.there.length);
      expect(await Array.fromAsync(select())).toEqual(once);
    },
  },
  {
    name: 'knows which keys there were, where it can make a bucket exact',
    check: async (given) => {
      const { presence } = given.kind.history;
      if (presence === undefined) return;
      for (const life of [await fullLife(given), await awkwardLife(given)]) {
        const keys = allKeys(life);
        for (const { captured: at, there } of life.moments) {
          const { has } = presence({ ...life.place, at, after: undefined }, life.source.world);
          const found: string[] = [];
          for (const key of keys) if (await has(key)) found.push(key);
          expect(found).toEqual(there.map(({ key }) => key).toSorted(compareKeys));
        }
      }
    },
  },
];

/** A selection of all that there is, but for what is said. */
export function selection(life: Life, more: Partial<Selection> = {}): Selection {
  return {
    ...life.place,
    ...{ at: NOW, include: [], exclude: [], deletedOnly: false, allVersions: false, sidecars: false },
    ...more,
  };
}

/** What is selected of a source, without what only holds things. */
export async function selected(life: Life, more: Partial<Selection> = {}): Promise<Selected[]> {
  const { kind, isItem } = life.given;
  const all = await Array.fromAsync(selectedObjects(selection(life, more), kind.history, life.source.world));
  return all.filter(({ key }) => isItem(key));
}

async function textsIn(life: Life, more: Partial<Selection>) {
  const all = await selected(life, more);
  return sorted(
    await Promise.all(all.map(async ({ key, version }) => [key, await textOf(life, version)] as const)),
  );
}

function lookedAt(life: Life, part: 'plain' | 'long', after: string | undefined): Promise<Looked[]> {
  const { history } = life.given.kind;
  return Array.fromAsync(history.lookThrough(part, selection(life), after, life.source.world, {}));
}

function keysOf(looked: readonly Looked[]) {
  return looked.map(({ mark, selected: one }) => defined({ mark, key: one?.key }));
}

/** Every key that there ever was, and some that there never were, in their order. */
function allKeys({ versions }: { readonly versions: readonly Thing[] }): string[] {
  const keys = versions.map(({ key }) => key);
  const never = keys.map((key) => `${key.slice(0, -1)}~`);
  return [...new Set([...keys, ...never])].toSorted(compareKeys);
}
