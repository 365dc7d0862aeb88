import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import { expect } from 'vitest';
import type { SourcePromise } from './given.ts';
import {
  awkwardLife,
  BESIDE,
  emptyLife,
  fullLife,
  GROUP,
  ITEMS,
  keyNow,
  type Life,
  type Thing,
} from './life.ts';
import { asked, isWithin, NOW, sorted, statesAt, textOf, textsAt, textsOf, versionOf } from './reading.ts';
import { selected } from './selecting.ts';

/** How a source is read as of a moment. */
export const MOMENTS: readonly SourcePromise[] = [
  {
    name: 'lists what was there at every moment',
    check: async (given) => {
      const life = await fullLife(given);
      for (const [at, { there }] of asked(life)) expect(await textsAt(life, at)).toEqual(textsOf(there));
      expect(await textsAt(life, NOW)).toEqual(textsOf(life.last.there));
    },
  },
  {
    name: 'lists what had been deleted by a moment: when, and what it was last',
    check: async (given) => {
      const life = await fullLife(given);
      for (const [moment, { deleted }] of asked(life)) {
        const listed = (await statesAt(life, moment)).filter(({ current }) => current === undefined);
        expect(await Promise.all(listed.map((state) => lastOf(life, state))).then(sorted)).toEqual(
          textsOf(deleted),
        );
        for (const { key, deleted: found } of listed) {
          const when = deleted.filter((thing) => thing.key === key).map(({ happened }) => happened);
          expect(
            when.some((span) => isWithin(found?.at ?? 0, span)),
            key,
          ).toBe(true);
        }
      }
    },
  },
  {
    name: 'lists in the order of the keys',
    check: async (given) => {
      const keys = (await statesAt(await fullLife(given), NOW)).map(({ key }) => key);
      expect(keys).toEqual(keys.toSorted(compareKeys));
    },
  },
  {
    name: 'lists names that have broken tools',
    check: async (given) => {
      const life = await awkwardLife(given);
      expect(await textsAt(life, NOW)).toEqual(textsOf(life.last.there));
    },
  },
  {
    name: 'knows whether there is, or was, anything at a place',
    check: async (given) => {
      const life = await fullLife(given);
      const { keyOf, prefixOf, world } = life.source;
      const has = (prefix: string) => given.kind.history.hasAny({ ...life.place, prefix }, world);
      for (const prefix of ['', prefixOf(GROUP), prefixOf(BESIDE), keyOf(ITEMS.kept)])
        expect(await has(prefix), prefix).toBe(true);
      expect(await has(keyOf(ITEMS.gone)), 'deleted').toBe(true);
      for (const prefix of [prefixOf('nothing'), `${keyOf(ITEMS.kept)}, and more`])
        expect(await has(prefix), prefix).toBe(false);
    },
  },
  {
    name: 'knows the oldest moment of a place',
    check: async (given) => {
      const life = await fullLife(given);
      const { keyOf, prefixOf, world } = life.source;
      const oldest = (prefix: string) => given.kind.history.oldestMoment({ ...life.place, prefix }, world);
      const firsts = {
        '': ITEMS.kept,
        [prefixOf(GROUP)]: ITEMS.kept,
        [prefixOf(BESIDE)]: ITEMS.beside,
        [keyOf(ITEMS.gone)]: ITEMS.gone,
      };
      for (const [prefix, item] of Object.entries(firsts)) {
        const first = life.versions.find((one) => one.item === item);
        expect(isWithin((await oldest(prefix)) ?? 0, first?.written ?? life.last), prefix).toBe(true);
      }
      expect(await oldest(prefixOf('nothing'))).toBeUndefined();
    },
  },
  {
    name: 'has nothing of a source that nothing was captured of',
    check: async (given) => {
      const life = await emptyLife(given);
      expect(await statesAt(life, NOW)).toEqual([]);
    },
  },
  {
    name: 'brings every version back by its id',
    check: async (given) => {
      const life = await fullLife(given);
      for (const thing of life.versions) expect(await byId(life, thing)).toEqual([thing.text]);
    },
  },
];

async function lastOf(life: Life, { key, deleted }: Awaited<ReturnType<typeof statesAt>>[number]) {
  return [key, deleted?.last === undefined ? '' : await textOf(life, deleted.last)] as const;
}

/** The texts that are selected by the id of a thing's version. */
async function byId(life: Life, thing: Thing): Promise<string[]> {
  const { version } = await versionOf(life, thing);
  const one = await selected(life, { prefix: keyNow(life, thing), versionId: version.versionId });
  return Promise.all(one.map((found) => textOf(life, found.version)));
}
