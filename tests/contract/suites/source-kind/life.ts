import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { GivenKind, GivenSource, Item } from './given.ts';

/** A thing as it is at a moment. */
export type Thing = {
  readonly id: string;
  readonly item: Item;
  readonly key: string;
  readonly text: string;
  /** When it got that text. */
  readonly written: Span;
};
type DeletedThing = Thing & { readonly happened: Span };

/** When something was done at the source, and when it was captured: ms since 1970. */
export type Span = { readonly done: number; readonly captured: number };

/** What was there from a moment on, and what had been deleted by then. */
export type Moment = Span & { readonly there: readonly Thing[]; readonly deleted: readonly DeletedThing[] };

/** Something that happened. */
export type Happening = Span & {
  readonly kind: 'added' | 'overwritten' | 'deleted';
  readonly key: string;
  readonly bytes: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * What has happened to a source, and so what the vault has to say of it. Everything that was done was captured before the next
 * thing was; in between, what a moment has is up to the kind.
 */
export type Life = {
  readonly given: GivenKind;
  readonly source: GivenSource;
  /** All of the source. */
  readonly place: SourcePlace;
  readonly moments: readonly Moment[];
  readonly last: Moment;
  readonly happened: readonly Happening[];
  /** Everything that ever was, with each of its texts. */
  readonly versions: readonly Thing[];
};

/** The last key that a thing had. */
export function keyNow({ last: { there, deleted } }: Life, { id, key }: Thing): string {
  return [...there, ...deleted].find((thing) => thing.id === id)?.key ?? key;
}

/** Lets things happen to a source, and keeps what they were. */
class Living {
  readonly #identity: GivenKind['identity'];
  readonly #source: GivenSource;
  readonly #moments: Moment[];
  readonly #happened: Happening[] = [];
  readonly #versions: Thing[] = [];
  readonly #there = new Map<string, Thing>();
  readonly #deleted = new Map<string, DeletedThing>();
  #last: Moment;
  #things = 0;

  constructor({ identity }: GivenKind, source: GivenSource) {
    this.#identity = identity;
    this.#source = source;
    source.pass(HOUR);
    this.#last = { done: source.now(), captured: source.now(), there: [], deleted: [] };
    this.#moments = [this.#last];
  }

  async put(item: Item, text: string): Promise<void> {
    await this.putAll([item], () => text);
  }

  /** Several things at once, captured together. */
  async putAll(items: readonly Item[], textOf: (item: Item) => string): Promise<void> {
    await this.#do(
      async () => {
        for (const item of items) await this.#source.put(item, textOf(item));
      },
      (span) => {
        for (const item of items) this.#write(item, textOf(item), span);
      },
    );
  }

  async delete(item: Item): Promise<void> {
    await this.#do(
      () => this.#source.delete(item),
      (span) => this.#remove(item, span),
    );
  }

  async rename(from: Item, to: Item): Promise<void> {
    const thing = this.#find(from);
    await this.#do(
      () => this.#source.rename(from, to),
      (span) => {
        const key = this.#source.keyOf(to);
        if (this.#identity === 'key') {
          this.#remove(from, span);
          this.#write(to, thing.text, span);
        } else this.#there.set(thing.id, { ...thing, item: to, key });
      },
    );
  }

  /** What has happened. Some time later nothing more does. */
  end(): Omit<Life, 'given'> {
    const [source, moments, last] = [this.#source, this.#moments, this.#last];
    source.pass(HOUR);
    const place = { source: source.source, prefix: '' };
    return { source, place, moments, last, happened: this.#happened, versions: this.#versions };
  }

  async #do(act: () => Promise<void>, note: (span: Span) => void): Promise<void> {
    this.#source.pass(HOUR);
    const done = this.#source.now();
    await act();
    await this.#source.capture();
    const span = { done, captured: this.#source.now() };
    note(span);
    this.#last = { ...span, there: [...this.#there.values()], deleted: [...this.#deleted.values()] };
    this.#moments.push(this.#last);
  }

  #find(item: Item): Thing {
    const found = this.#thereUnder(this.#source.keyOf(item));
    if (found === undefined) throw new Error(`there is no ${item.name}`);
    return found;
  }

  #thereUnder(key: string): Thing | undefined {
    return [...this.#there.values()].find((thing) => thing.key === key);
  }

  #write(item: Item, text: string, written: Span): void {
    const key = this.#source.keyOf(item);
    const known = this.#thereUnder(key);
    this.#things += 1;
    const id = known?.id ?? (this.#identity === 'key' ? key : `thing-${this.#things}`);
    const thing = { id, item, key, text, written };
    this.#there.set(id, thing);
    this.#deleted.delete(id);
    this.#versions.push(thing);
    const kind = known === undefined ? 'added' : 'overwritten';
    this.#happened.push({ ...written, kind, key, bytes: Buffer.byteLength(text) });
  }

  #remove(item: Item, happened: Span): void {
    const thing = this.#find(item);
    this.#there.delete(thing.id);
    this.#deleted.set(thing.id, { ...thing, happened });
    const { key, text } = thing;
    this.#happened.push({ ...happened, kind: 'deleted', key, bytes: Buffer.byteLength(text) });
  }
}

const inGroup = (group: string, name: string): Item => ({ group, name });

/** Two groups whose names begin alike. */
export const GROUP = 'plans';
export const BESIDE = 'plans-old';

export const ITEMS = {
  kept: inGroup(GROUP, 'kept'),
  /** Begins like another one, and goes on with what sorts before every ending that a kind may put behind names. */
  alike: inGroup(GROUP, 'kept (2)'),
  changed: inGroup(GROUP, 'changed'),
  gone: inGroup(GROUP, 'gone'),
  back: inGroup(GROUP, 'back'),
  renamed: inGroup(GROUP, 'renamed'),
  moved: inGroup(BESIDE, 'moved'),
  beside: inGroup(BESIDE, 'kept'),
} as const;

type Lived = (life: Living, given: GivenKind) => Promise<void>;

/** Everything that can happen to a thing, each an hour after the one before. */
const FULL: Lived = async (life) => {
  await life.put(ITEMS.kept, 'kept, as it is');
  await life.put(ITEMS.alike, 'whose name begins like that of another');
  await life.put(ITEMS.changed, 'first');
  await life.put(ITEMS.beside, 'beside, and not in the group');
  await life.put(ITEMS.gone, 'to be deleted');
  await life.put(ITEMS.changed, 'the second one');
  await life.put(ITEMS.back, 'before it was deleted');
  await life.delete(ITEMS.gone);
  await life.put(ITEMS.renamed, 'by another name');
  await life.delete(ITEMS.back);
  await life.rename(ITEMS.renamed, ITEMS.moved);
  await life.put(ITEMS.back, 'and it came back again');
  await life.put(ITEMS.changed, 'the third one, and the last');
};

/** A thing of each awkward name, all captured together. */
const AWKWARD: Lived = async (life, { awkwardNames }) => {
  const items = awkwardNames.map((name) => inGroup('', name));
  await life.putAll(items, ({ name }) => `of ${name}`);
};

/** A life in which everything happens: one for all that only read it. */
export const fullLife = (given: GivenKind) => shared(FULL, given);
/** A life with names that have broken tools: one for all that only read it. */
export const awkwardLife = (given: GivenKind) => shared(AWKWARD, given);
/** Lives that may be spoilt. */
export const ownFullLife = (given: GivenKind) => live(FULL, given);
export const ownAwkwardLife = (given: GivenKind) => live(AWKWARD, given);
export const emptyLife = (given: GivenKind) => live(async () => {}, given);

async function live(happens: Lived, given: GivenKind): Promise<Life> {
  const life = new Living(given, await given.begin());
  await happens(life, given);
  return { ...life.end(), given };
}

const LIVES = new Map<Lived, WeakMap<GivenKind['begin'], Promise<Life>>>();

/** What happens to a source has nothing to do with how it is read. */
async function shared(happens: Lived, given: GivenKind): Promise<Life> {
  const lives = LIVES.get(happens) ?? new WeakMap();
  LIVES.set(happens, lives);
  const life = lives.get(given.begin) ?? live(happens, given);
  lives.set(given.begin, life);
  return { ...(await life), given };
}
