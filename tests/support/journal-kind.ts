import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { VaultReader } from '@holdfast/core/ports/world.ts';
import { CARRIED } from '@holdfast/core/source/beside.ts';
import { selectedObjects } from '@holdfast/core/source/select-objects.ts';
import { chooser, selectedOf } from '@holdfast/core/source/selection.ts';
import type { SourceHistory, SourceKind } from '@holdfast/core/source/source-kind.ts';
import type { SourceStateAt } from '@holdfast/core/source/source-state.ts';
import { namesUnder } from '@holdfast/core/vault/names-under.ts';

// A kind of source that is none of the product: a journal, whose notes lie in packs, many in one object of the vault, and go by
// titles, `topic: name`, which are no paths. What the vault has of one is its packs, and a log that says what lies in them.

/** Something that happened to a note; without a pack, it was deleted. At: ms since 1970. */
export type LogLine = { readonly key: string; readonly at: number; readonly pack?: InPack };
/** Where the bytes of a note lie: the pack, and bytes `first` to `last` of it; and their SHA-256, in base64. */
export type InPack = Place & { readonly sha256: string };
type Place = Readonly<Record<'key' | 'versionId', string> & Record<'first' | 'last', number>>;

const SCHEME = 'journal://';
const LATE = Number.MAX_SAFE_INTEGER;
const nameOf = (source: string) => source.slice(SCHEME.length);
const earlier = (one: number | undefined, { at }: LogLine) => Math.min(one ?? at, at);
const under = (source: string) => `journal/${nameOf(source)}/`;
export const logKey = (source: string) => `${under(source)}log.json`;
export const packKey = (source: string, pack: number) => `${under(source)}packs/${pack}`;

function isUnder(key: string, prefix: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}: `);
}

/** A place in a pack as the id of a version. */
export const idOf = ({ versionId, first, last }: Place) => `${versionId}.${first}-${last}`;

/** What {@link idOf} made an id of. */
export function packOf({ key, versionId: id }: Pick<Place, 'key' | 'versionId'>): Place {
  const [, versionId = '', first = 0, last = 0] = /^(.*)\.(\d+)-(\d+)$/.exec(id) ?? [];
  return { key, versionId, first: Number(first), last: Number(last) };
}

function versionIn({ at, pack }: LogLine) {
  if (pack === undefined) return undefined;
  const [versionId, size] = [idOf(pack), pack.last - pack.first + 1];
  const where = { key: pack.key, versionId, etag: `"${pack.sha256}"`, size, storageClass: 'STANDARD' };
  return { ...where, lastModified: at, latest: true, deleteMarker: false as const };
}

/** The log of a part of a journal, by note. */
async function notesOf({ source, prefix }: SourcePlace, { store, settings }: VaultReader) {
  const ref = { bucket: settings.vault, key: logKey(source) };
  const { versions } = await store.listVersions({ bucket: ref.bucket, prefix: ref.key, limit: 1 });
  const log: LogLine[] = versions.length === 0 ? [] : JSON.parse(await store.get(ref));
  const lines = log.filter(({ key }) => isUnder(key, prefix)).toSorted((a, b) => compareKeys(a.key, b.key));
  return Map.groupBy(lines, ({ key }) => key);
}

/** A note as its log has it at a moment; undefined when it was not there yet. */
function stateAt(lines: readonly LogLine[], at: number): SourceStateAt | undefined {
  const index = lines.findLastIndex((line) => line.at <= at);
  const line = lines[index];
  const last = line?.pack === undefined ? lines[index - 1] : line;
  const version = last && versionIn(last);
  if (line === undefined || last?.pack === undefined || version === undefined) return undefined;
  const checksum = { algorithm: 'SHA256', value: last.pack.sha256 };
  const what = last === line ? { current: version } : { deleted: { at: line.at, last: version } };
  return { key: line.key, vaultKey: last.pack.key, checksum, ...what };
}

const history: SourceHistory = {
  async *statesAt(place, at, world) {
    for (const lines of (await notesOf(place, world)).values()) {
      const state = stateAt(lines, at);
      if (state !== undefined) yield state;
    }
  },
  async *compare({ from, to, ...place }, world) {
    for (const [key, lines] of await notesOf(place, world)) {
      const [before, after] = [stateAt(lines, from)?.current, stateAt(lines, to)?.current];
      if (before?.versionId === after?.versionId) continue;
      const change = before === undefined ? 'added' : after === undefined ? 'deleted' : 'changed';
      yield { key, vaultKey: (after ?? before)?.key ?? '', change, ...defined({ before, after }) };
    }
  },
  async *changes({ since, ...place }, world) {
    for (const lines of (await notesOf(place, world)).values())
      for (const [index, line] of lines.entries()) {
        const [size, before] = [versionIn(line)?.size, lines[index - 1]];
        const kind = size === undefined ? 'deleted' : before?.pack === undefined ? 'added' : 'overwritten';
        const bytes = size ?? (before && versionIn(before)?.size) ?? 0;
        if (line.at >= since) yield { kind, bytes, at: line.at };
      }
  },
  async *candidates({ at, ...place }, _, world) {
    for (const [key, lines] of await notesOf(place, world)) {
      const entry = await world.catalog.getEntry(place.source, key);
      for (const moment of at === undefined ? lines.map((line) => line.at) : [at]) {
        const { current: version, checksum } = stateAt(lines, moment) ?? {};
        if (version === undefined) continue;
        const named = entry?.vaultVersionId === version.versionId ? entry : undefined;
        yield { key, version, ...defined({ checksum, entry: named }) };
      }
    }
  },
  async *lookThrough(_, selection, after, world) {
    const [choose, { versionId }] = [chooser(selection), selection];
    for (const [mark, lines] of await notesOf(selection, world)) {
      if (after !== undefined && compareKeys(mark, after) <= 0) continue;
      const moments = versionId === undefined ? [selection.at] : lines.map(({ at }) => at);
      for (const state of moments.flatMap((at) => stateAt(lines, at) ?? [])) {
        const isNamed = state.current !== undefined && state.current.versionId === versionId;
        const selected = isNamed ? selectedOf(state, state.current) : undefined;
        yield { mark, ...defined({ selected: versionId === undefined ? choose(state) : selected }) };
      }
    }
  },
  async version({ source, key }, wanted, world) {
    const lines = (await notesOf({ source, prefix: key }, world)).get(key) ?? [];
    if ('versionId' in wanted) {
      const version = lines.map(versionIn).find((one) => one?.versionId === wanted.versionId);
      return version === undefined ? { absent: 'version' } : { version };
    }
    const { current, deleted, checksum } = stateAt(lines, wanted.at) ?? {};
    if (current !== undefined) return { version: current, ...defined({ checksum }) };
    const last = deleted?.last?.versionId;
    if (deleted !== undefined) return { absent: 'deleted', at: deleted.at, ...defined({ last }) };
    return lines[0] === undefined ? { absent: 'object' } : { absent: 'not-yet', oldest: lines[0].at };
  },
  async *versionsOf({ source, key }, world) {
    const lines = (await notesOf({ source, prefix: key }, world)).get(key) ?? [];
    for (const [index, line] of [...lines.entries()].toReversed()) {
      const [version, next] = [versionIn(line), lines[index + 1]];
      const state = next === undefined ? 'current' : next.pack === undefined ? 'deleted' : 'replaced';
      if (version === undefined) continue;
      yield { state, vaultKey: version.key, version, taggedAt: [], ...defined({ endedAt: next?.at }) };
    }
  },
  /** A note is read out of its pack: the object of the vault that many notes share. */
  reader({ store, settings: { vault: bucket } }) {
    const factsOf = ({ checksum: _, ...facts }: ObjectFacts, { first, last }: Place): ObjectFacts => {
      return { ...facts, etag: `of ${first}`, size: last - first + 1, metadata: {} };
    };
    return {
      head: async (version) => {
        const { key, versionId, ...place } = packOf(version);
        const found = await store.head({ bucket, key, versionId });
        return found.found
          ? { found: true, object: factsOf(found.object, { key, versionId, ...place }) }
          : found;
      },
      open: async (version, { range, signal } = {}) => {
        const place = packOf(version);
        const last = range?.last === undefined ? place.last : place.first + range.last;
        const bytes = { first: place.first + (range?.first ?? 0), last };
        const ref = { bucket, key: place.key, versionId: place.versionId };
        const { object, body } = await store.open(ref, { range: bytes, ...defined({ signal }) });
        return { object: factsOf(object, place), body };
      },
    };
  },
  hasAny: async (place, world) => (await notesOf(place, world)).size > 0,
  oldestMoment: async (place, world) =>
    [...(await notesOf(place, world)).values()].flat().reduce<number | undefined>(earlier, undefined),
  ...{ parts: ['plain'], resumable: true, beside: CARRIED },
  top: { unprotectedMayBeHidden: true, toldUnmatched: true, comparedByFilter: false },
  selectRepeatedly: (selection, world) => () => selectedObjects(selection, history, world),
  entries: {
    sources: async function* (world) {
      for await (const name of namesUnder('journal/', world)) yield `${SCHEME}${name}`;
    },
    statesOf: (source, world) => history.statesAt({ source, prefix: '' }, LATE, world),
    factsOf: () => (state) => Promise.resolve(defined({ checksum: state.checksum })),
    isCounted: () => true,
  },
};

export const JOURNAL: SourceKind = {
  address: {
    ...{ scheme: SCHEME, form: 'journal://name[/topic]', uriNoun: 'one of a journal' },
    ...{ container: 'journal', containers: 'journals', restoreOptions: [], planQueue: 'restore' },
    parse: (text) => {
      const [, source, prefix = ''] = /^(journal:\/\/[a-z][a-z0-9-]*)(?:\/([\s\S]*))?$/.exec(text) ?? [];
      if (source !== undefined) return { source, prefix };
      throw new InvalidInputError(`"${text}" is of no journal; write it as journal://name[/topic]`);
    },
    stackLabel: (source) => ({ label: `journal-${nameOf(source)}`, unique: source }),
    vaultPrefixes: (source) => [under(source)],
    isUnder,
    keysUnder: (prefix) => (prefix === '' ? '' : `${prefix}: `),
    refusal: (_, into) => (into === 'bucket' ? 'a journal comes back into a folder' : undefined),
  },
  history,
};
