import type { MomentOrVersion, VersionFacts } from '@holdfast/core/source/object-versions.ts';
import { expect } from 'vitest';
import type { SourcePromise } from './given.ts';
import { awkwardLife, fullLife, ITEMS, type Life, type Thing } from './life.ts';
import { asked, NOW, textOf } from './reading.ts';

/** How the versions of one object are found. */
export const VERSIONS: readonly SourcePromise[] = [
  {
    name: 'tells every version of an object, the newest first',
    check: async (given) => {
      const life = await fullLife(given);
      for (const thing of objects(life)) {
        const texts = life.versions.filter(({ id }) => id === thing.id).map(({ text }) => text);
        expect(await textsOf(life, thing), thing.key).toEqual(texts.toReversed());
      }
    },
  },
  {
    name: 'tells which version of an object is the current one',
    check: async (given) => {
      const life = await fullLife(given);
      for (const thing of objects(life)) {
        const states = (await versionsOf(life, thing)).map(({ state }) => state);
        const isThere = life.last.there.includes(thing);
        expect(states.indexOf('current'), thing.key).toBe(isThere ? 0 : -1);
        expect(states.lastIndexOf('current'), thing.key).toBe(isThere ? 0 : -1);
      }
    },
  },
  {
    name: 'tells no version of what nobody captured',
    check: async (given) => {
      const life = await fullLife(given);
      const key = `${life.source.keyOf(ITEMS.kept)}, and more`;
      const { history } = given.kind;
      const { source, world } = life.source;
      expect(await Array.fromAsync(history.versionsOf({ source, key }, world))).toEqual([]);
      expect(await history.version({ source, key }, { at: NOW }, world)).toEqual({ absent: 'object' });
    },
  },
  {
    name: 'finds the version of every moment, or says that there was none',
    check: async (given) => {
      const life = await fullLife(given);
      for (const [at, { there }] of [...asked(life), [NOW, life.last] as const])
        for (const { key } of objects(life)) {
          const text = there.find((one) => one.key === key)?.text;
          expect(await found(life, key, { at }), `${key} at ${at}`).toBe(text ?? 'none');
        }
    },
  },
  {
    name: 'says when an object was deleted that is not found',
    check: async (given) => {
      const life = await fullLife(given);
      for (const { key, happened, text } of life.last.deleted) {
        if (life.last.there.some((one) => one.key === key)) continue;
        const { source, world } = life.source;
        const none = await given.kind.history.version({ source, key }, { at: NOW }, world);
        expect(none).toMatchObject({ absent: 'deleted' });
        if (!('absent' in none) || none.absent !== 'deleted') continue;
        expect(none.at).toBeGreaterThanOrEqual(happened.done);
        expect(none.at).toBeLessThanOrEqual(happened.captured);
        expect(await found(life, key, { versionId: none.last ?? '' })).toBe(text);
      }
    },
  },
  {
    name: 'finds every version of an object by its ids, and none by another',
    check: async (given) => {
      const life = await fullLife(given);
      for (const thing of objects(life)) {
        for (const { version, made } of await versionsOf(life, thing)) {
          if (version === undefined) continue;
          const text = await textOf(life, version);
          for (const versionId of [version.versionId, ...(made === undefined ? [] : [made.id])])
            expect(await found(life, thing.key, { versionId }), thing.key).toBe(text);
        }
        expect(await found(life, thing.key, { versionId: 'no-version-goes-by-it' })).toBe('none');
      }
    },
  },
  {
    name: 'finds versions of names that have broken tools',
    check: async (given) => {
      const life = await awkwardLife(given);
      for (const { key, text } of life.last.there) {
        expect(await found(life, key, { at: NOW }), key).toBe(text);
      }
    },
  },
];

/** Everything that there ever was, as it was last; of those with the same key the one that a key stands for. */
function objects({ last: { there, deleted } }: Life): Thing[] {
  return [...there, ...deleted.filter(({ key }) => !there.some((one) => one.key === key))];
}

async function versionsOf(
  { given, source: { source, world } }: Life,
  { key }: Thing,
): Promise<VersionFacts[]> {
  const all = await Array.fromAsync(given.kind.history.versionsOf({ source, key }, world));
  return all.flatMap((one) => ('event' in one ? [] : [one]));
}

async function textsOf(life: Life, thing: Thing): Promise<string[]> {
  const versions = (await versionsOf(life, thing)).flatMap(({ version }) => version ?? []);
  return Promise.all(versions.map((version) => textOf(life, version)));
}

/** The text of a version; `none` where there is none. */
async function found(life: Life, key: string, wanted: MomentOrVersion): Promise<string> {
  const { source, world } = life.source;
  const one = await life.given.kind.history.version({ source, key }, wanted, world);
  return 'version' in one ? textOf(life, one.version) : 'none';
}
