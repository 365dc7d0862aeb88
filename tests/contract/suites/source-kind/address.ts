import { AddressBook, type RestoreInto } from '@holdfast/core/model/address.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { checkRestoreWish } from '@holdfast/core/model/restore-request.ts';
import { placeUri } from '@holdfast/core/model/source-place.ts';
import { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import { expect } from 'vitest';
import { type GivenKind, PLAIN, type SourcePromise } from './given.ts';
import {
  awkwardLife,
  BESIDE,
  fullLife,
  GROUP,
  ITEMS,
  type Life,
  ownAwkwardLife,
  ownFullLife,
} from './life.ts';
import { candidatesOf, NOW, statesAt } from './reading.ts';

/** Settings, and reports of jobs: of every kind, and of none. */
const NO_COPIES = /^(sources|reports)\//;
const TARGETS: readonly RestoreInto[] = ['bucket', 'elsewhere'];

/** How a kind says its sources are named, and where they lie. */
export const ADDRESS: readonly SourcePromise[] = [
  {
    name: 'reads the URIs that it writes',
    check: async (given) => {
      const { address } = given.kind;
      for (const [text, place] of Object.entries(given.uris)) {
        expect(address.parse(text)).toEqual(place);
        expect(address.parse(placeUri(place))).toEqual(place);
        expect(checkRestoreWish({ source: text }, new AddressBook([address]))).toMatchObject(place);
      }
      const { source } = await given.begin();
      expect(address.parse(source)).toEqual({ source, prefix: '' });
    },
  },
  {
    name: 'reads the URI of every key, whatever is in it',
    check: async (given) => {
      const life = await awkwardLife(given);
      for (const { key } of life.last.there) {
        const place = { ...life.place, prefix: key };
        expect(given.kind.address.parse(placeUri(place))).toEqual(place);
      }
    },
  },
  {
    name: 'refuses what is no URI of it, and says how to write one',
    check: async ({ noUris, kind: { address } }) => {
      for (const text of noUris) {
        const error = thrownBy(() => address.parse(text));
        expect(error, text).toBeInstanceOf(InvalidInputError);
        expect(`${error}`, text).toMatch(/write it as|cannot be|longer than/);
      }
    },
  },
  {
    name: 'is found by the source that it names',
    check: async (given) => {
      const { kind } = given;
      const { source } = await given.begin();
      expect(new AddressBook([kind.address]).of(source)).toBe(kind.address);
      expect(new SourceKinds([kind]).of(source)).toBe(kind);
      const { scheme, form, uriNoun, container, containers } = kind.address;
      expect(form.startsWith(scheme)).toBe(true);
      for (const noun of [uriNoun, container, containers]) expect(noun).toMatch(/\S/);
    },
  },
  {
    name: 'tells the stacks of two sources apart',
    check: async (given) => {
      const { address } = given.kind;
      const { source } = await given.begin();
      const [one, other] = [address.stackLabel(source), address.stackLabel(given.neighbour)];
      for (const { label } of [one, other]) expect(label).toMatch(/^[A-Za-z0-9.-]+$/);
      expect(one.unique).not.toBe(other.unique);
    },
  },
  {
    name: 'has all that it writes under its prefixes in the vault',
    check: async (given) => {
      const prefixes = given.kind.address.vaultPrefixes((await given.begin()).source);
      const keys = await vaultKeys(given);
      expect(keys.filter((key) => !prefixes.some((prefix) => key.startsWith(prefix)))).toEqual([]);
    },
  },
  {
    name: 'has nothing of one source under the prefixes of another',
    check: async (given) => {
      const prefixes = given.kind.address.vaultPrefixes(given.neighbour);
      const keys = await vaultKeys(given);
      expect(keys.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))).toEqual([]);
    },
  },
  {
    name: 'lists under a prefix what it calls under it, and nothing else',
    check: async (given) => {
      const life = await fullLife(given);
      const { isUnder } = given.kind.address;
      const all = (await statesAt(life, NOW)).map(({ key }) => key);
      for (const prefix of prefixesOf(life)) {
        const under = (await statesAt(life, NOW, prefix)).map(({ key }) => key);
        expect(under, prefix).toEqual(all.filter((key) => isUnder(key, prefix)));
        const proven = (await candidatesOf(life, NOW, prefix)).map(({ key }) => key);
        expect(
          proven.filter((key) => !isUnder(key, prefix)),
          prefix,
        ).toEqual([]);
      }
    },
  },
  {
    name: 'takes no sibling of a group for a part of it',
    check: async (given) => {
      const { keyOf, prefixOf } = await given.begin();
      const { isUnder } = given.kind.address;
      expect(isUnder(keyOf(ITEMS.kept), prefixOf(GROUP))).toBe(true);
      expect(isUnder(keyOf(ITEMS.beside), prefixOf(GROUP))).toBe(false);
      expect(isUnder(keyOf(ITEMS.kept), prefixOf(BESIDE))).toBe(false);
      expect(isUnder(keyOf(ITEMS.kept), '')).toBe(true);
    },
  },
  {
    name: 'says what the keys under a prefix begin with',
    check: async (given) => {
      const { keyOf, prefixOf } = await given.begin();
      const { keysUnder } = given.kind.address;
      const beginning = keysUnder(prefixOf(GROUP));
      expect(beginning.startsWith(prefixOf(GROUP))).toBe(true);
      for (const item of [ITEMS.kept, ITEMS.changed]) expect(keyOf(item).startsWith(beginning)).toBe(true);
      expect(keyOf(ITEMS.beside).startsWith(beginning)).toBe(false);
    },
  },
  {
    name: 'refuses a restore that makes no sense, and takes the others',
    check: async ({ kind: { address }, refused, taken }) => {
      for (const { wish, into } of refused)
        expect(address.refusal({ ...PLAIN, ...wish }, into), JSON.stringify(wish)).toMatch(/\S/);
      for (const { wish, into } of [...taken, { wish: {}, into: 'elsewhere' as const }])
        expect(address.refusal({ ...PLAIN, ...wish }, into), JSON.stringify(wish)).toBeUndefined();
      // An option that no target takes is none.
      for (const option of address.restoreOptions) {
        const wish = { ...PLAIN, [option]: true };
        const refusals = TARGETS.map((into) => address.refusal(wish, into));
        expect(refusals, option).toContain(undefined);
      }
    },
  },
];

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Every key that the vault has, or had, of a source that all has happened to that can. */
async function vaultKeys(given: GivenKind): Promise<string[]> {
  const keys: string[] = [];
  for (const { source } of [await ownFullLife(given), await ownAwkwardLife(given)]) {
    await source.writeMore?.();
    const vault = source.s3.bucket(source.world.settings.vault);
    for (const [key] of vault.walk({})) if (!NO_COPIES.test(key)) keys.push(key);
  }
  return keys;
}

/** Groups, whole keys and beginnings of them, and what nothing begins with. */
function prefixesOf({ source: { keyOf, prefixOf } }: Life): string[] {
  const [group, key] = [prefixOf(GROUP), keyOf(ITEMS.kept)];
  return ['', group, prefixOf(BESIDE), group.slice(0, -1), key, key.slice(0, -1), `${key}x`];
}
