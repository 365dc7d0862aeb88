import { NULL_VERSION } from '../memory/s3-version.ts';

/** What an object holds, as far as a backup has to bring it back: bytes, headers, metadata, tags, and, if asked for, its ACL. */
export type Held = {
  readonly body: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Which ACL it has: 0 is the default one. */
  readonly acl?: number;
  /** Written with a key that only its owner has (SSE-C): no backup can read it. */
  readonly customerKey: boolean;
};
export const ABSENT = 'absent';
/** An object's contents as a text that can be compared, or {@link ABSENT}. */
export type Print = string;

type Version = { readonly id: string; readonly order: number; readonly at: number; readonly held?: Held };
/** From a moment on, the key held this. `look`: all that a listing shows of it. */
type Span = { readonly at: number; readonly tick: number; readonly print: Print; readonly look: string };

/** The storage class that an owner writes an object in, by its type. */
export function classOf(type: string): string {
  return type === 'text/plain' ? 'STANDARD' : 'STANDARD_IA';
}

/** Contents as a text: equal texts, equal objects. */
export function print({ body, type, metadata, tags, acl = 0 }: Omit<Held, 'customerKey'>): Print {
  return JSON.stringify([body, type, sorted(metadata), sorted(tags), ...(acl === 0 ? [] : [acl])]);
}

/** The bytes alone. */
export function bodyOf(text: Print): unknown {
  return text === ABSENT ? ABSENT : (JSON.parse(text) as unknown[])[0];
}

function sorted(record: Readonly<Record<string, string>>): Array<[string, string]> {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What an object held but for its ACL. */
export function withoutAcl(print: Print): string {
  return print === ABSENT ? ABSENT : JSON.stringify((JSON.parse(print) as unknown[]).slice(0, 4));
}

/** The number of the ACL that a print tells of; 0 for the default one. */
export function aclIn(print: Print): number {
  return print === ABSENT ? 0 : (((JSON.parse(print) as unknown[])[4] as number | undefined) ?? 0);
}

/**
 * The oracle: what the source held at every moment, by the rules of S3 in their simplest form. It knows nothing of the
 * fake store or of Holdfast; the program of a history tells it what the owners did.
 */
export class Model {
  readonly #versioned: boolean;
  readonly #versions = new Map<string, Version[]>();
  readonly #spans = new Map<string, Span[]>();
  /** What versions came to hold when another was current already. */
  readonly #amended = new Map<string, Array<{ readonly at: number; readonly print: Print }>>();
  /** Keys of which an event was lost. */
  readonly missed = new Set<string>();
  /** Events all say the same sequencer: those of the same bytes, written in the same second, cannot be told apart. */
  sameSequencers = false;
  #orders = 0;

  constructor(versioned: boolean) {
    this.#versioned = versioned;
  }

  /** The place in the order of versions of what begins now. A multipart upload takes it when it begins. */
  order(): number {
    this.#orders += 1;
    return this.#orders;
  }

  put(
    key: string,
    held: Held,
    when: { at: number; tick: number; order?: number; id: string; since?: number },
  ): void {
    const { at, tick, order = this.order(), id, since = at } = when;
    const known = this.#of(key);
    const hidden = !this.#versioned && known.some((version) => version.order > order);
    if (!hidden) {
      const rest = this.#versioned ? known : [];
      this.#set(key, [...rest, { id, order, at: since, held }]);
    }
    this.#mark(key, at, tick);
  }

  /** A plain DELETE, or what a lifecycle rule does: a marker where there are versions, the end where there are none. */
  delete(key: string, when: { at: number; tick: number; id: string }): void {
    const { at, tick, id } = when;
    this.#set(key, this.#versioned ? [...this.#of(key), { id, order: this.order(), at }] : []);
    this.#mark(key, at, tick);
  }

  /** Destroys the newest version: what is below it comes back. @returns its id */
  destroyNewest(key: string, when: { at: number; tick: number }): string | undefined {
    const newest = this.#newest(key);
    if (newest === undefined) return undefined;
    this.#set(
      key,
      this.#of(key).filter((version) => version !== newest),
    );
    this.#mark(key, when.at, when.tick);
    return this.#versioned ? newest.id : NULL_VERSION;
  }

  /**
   * Gives a version other tags, or another ACL: the newest, or the one before it; a delete marker has none.
   *
   * @returns its id; undefined when there is none
   */
  amend(
    key: string,
    { old, ...other }: { readonly old: boolean } & Partial<Pick<Held, 'tags' | 'acl'>>,
    when: { at: number; tick: number },
  ): string | undefined {
    const newestFirst = this.#of(key).toSorted((a, b) => b.order - a.order);
    const version = newestFirst[old ? 1 : 0];
    if (version?.held === undefined) return undefined;
    const amended = { ...version, held: { ...version.held, ...other } };
    this.#set(
      key,
      this.#of(key).map((one) => (one === version ? amended : one)),
    );
    this.#mark(key, when.at, when.tick);
    if (old) {
      const once = { at: when.at, print: print(amended.held) };
      this.#amended.set(key, [...(this.#amended.get(key) ?? []), once]);
    }
    return this.#versioned ? version.id : NULL_VERSION;
  }

  /** What a GET would find now. */
  held(key: string): Held | undefined {
    return this.#newest(key)?.held;
  }

  print(key: string): Print {
    const held = this.held(key);
    return held === undefined ? ABSENT : print(held);
  }

  /**
   * True for contents that a listing cannot tell from those that are there now, when events of the key were lost, or
   * cannot be told apart: the same bytes, written in the same second, with other metadata. Nobody can find such a change.
   */
  looksLike(key: string, other: Print): boolean {
    if (!this.missed.has(key) && !this.sameSequencers) return false;
    const spans = this.#spansOf(key);
    const look = spans.at(-1)?.look;
    return spans.some((span) => span.print === other && span.look === look);
  }

  /**
   * Everything the key held at some time from one moment to another, both included. And what a version before the current one was
   * made to hold in that time: who looked when it was current, and copied it then, copied it so.
   */
  heldWithin(key: string, from: number, to: number): Set<Print> {
    const amended = (this.#amended.get(key) ?? []).filter(({ at }) => at >= from && at <= to);
    return new Set([...this.#spansWithin(key, from, to), ...amended].map((span) => span.print));
  }

  /** True when the key was not there at some time since a tick. */
  absentSince(key: string, tick: number): boolean {
    const spans = this.#spansOf(key);
    const before = spans.findLastIndex((span) => span.tick <= tick);
    if (before === -1) return true;
    return spans.slice(before).some((span) => span.print === ABSENT);
  }

  /** True when one of two contents of a key is for certain of an earlier time than the other. By their bytes alone. */
  isOlder(key: string, one: Print, other: Print): boolean {
    const bodies = this.#spansOf(key).map((span) => bodyOf(span.print));
    const last = bodies.lastIndexOf(bodyOf(one));
    return last !== -1 && last < bodies.indexOf(bodyOf(other));
  }

  /**
   * True for contents that came only after the key's last absence, and are there still: no look that found the key absent
   * can speak of them.
   */
  cameBack(key: string, contents: Print): boolean {
    const spans = this.#spansOf(key);
    const gone = spans.findLastIndex((span) => span.print === ABSENT);
    if (gone === -1 || spans.slice(gone).length < 2) return false;
    const bodies = spans.map((span) => bodyOf(span.print));
    return bodies.indexOf(bodyOf(contents)) > gone;
  }

  #spansWithin(key: string, from: number, to: number): Span[] {
    const absent: Span = { at: Number.NEGATIVE_INFINITY, tick: -1, print: ABSENT, look: ABSENT };
    const spans = [absent, ...this.#spansOf(key)];
    return spans.filter((span, index) => {
      const end = spans[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return span.at <= to && end >= from;
    });
  }

  #newest(key: string): Version | undefined {
    return this.#of(key).reduce<Version | undefined>(
      (newest, version) => (newest === undefined || version.order > newest.order ? version : newest),
      undefined,
    );
  }

  #mark(key: string, at: number, tick: number): void {
    const newest = this.#newest(key);
    const look = newest?.held === undefined ? ABSENT : `${Math.floor(newest.at / 1000)} ${newest.held.body}`;
    this.#spans.set(key, [...this.#spansOf(key), { at, tick, print: this.print(key), look }]);
  }

  #of(key: string): Version[] {
    return this.#versions.get(key) ?? [];
  }

  #set(key: string, versions: Version[]): void {
    this.#versions.set(key, versions);
  }

  #spansOf(key: string): Span[] {
    return this.#spans.get(key) ?? [];
  }
}
