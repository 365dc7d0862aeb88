import { InvalidInputError } from '../errors.ts';
import { type CharacterClass, readClass } from './read-class.ts';

/**
 * A part of a glob.
 *
 * - a number: this character, by its code point
 * - `one`: any character but `/`
 * - `star`: any number of characters but `/`
 * - `folders`: nothing, or anything that ends in `/`
 * - `rest`: anything
 */
export type GlobNode = number | 'one' | 'star' | 'folders' | 'rest' | CharacterClass | Alternatives;
export type Alternatives = { readonly alternatives: readonly (readonly GlobNode[])[] };

/** Whether a segment begins at a place. */
type Begins = 'yes' | 'no' | 'depends';

/** How deep braces may stand in braces. */
const MOST_DEPTH = 20;

export const SLASH = 0x2f;

/**
 * Reads a glob: `*` within a folder, `**` as a whole segment across folders, `?`, `[a-z]`, `[!a]`, `[^a]`, `{a,b}`, `{1..12}`, and `\`
 * before a character that is meant itself. Everything else is meant itself.
 *
 * @throws {InvalidInputError} naming the glob, the place and the way out
 */
export function parseGlob(glob: string): readonly GlobNode[] {
  return new GlobReader(glob).read();
}

class GlobReader {
  readonly #glob: string;
  readonly #text: readonly string[];
  #at = 0;

  constructor(glob: string) {
    this.#glob = glob;
    this.#text = [...glob];
  }

  read(): readonly GlobNode[] {
    if (this.#glob === '') throw new InvalidInputError('"" is not a glob: an empty one takes nothing');
    const nodes = this.#sequence(0, 'yes');
    if (!hasRestAtEnd(nodes, true)) throw this.#besideBraces(this.#glob.indexOf('**'));
    return nodes;
  }

  /** Up to the end, or in braces to the comma or brace that ends it. @param begins whether it begins a segment */
  #sequence(depth: number, begins: Begins): GlobNode[] {
    const nodes: GlobNode[] = [];
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? '';
      if (depth > 0 && (character === ',' || character === '}')) break;
      nodes.push(this.#next(character, depth, nodes.length === 0 ? begins : beginsBehind(nodes.at(-1))));
    }
    return nodes;
  }

  #next(character: string, depth: number, begins: Begins): GlobNode {
    const began = this.#at++;
    switch (character) {
      case '*':
        return this.#stars(depth, begins);
      case '?':
        return 'one';
      case '[':
        return this.#class(began);
      case '{':
        return this.#braces(depth + 1, begins, began);
      case '\\':
        return this.#escaped(began);
      case '}':
        throw this.#wrong('"}" closes nothing', began, 'write \\} where the character is meant');
      default:
        return codePoint(character);
    }
  }

  #stars(depth: number, begins: Begins): GlobNode {
    const began = this.#at - 1;
    while (this.#text[this.#at] === '*') this.#at++;
    if (this.#at - began < 2 || begins === 'no') return 'star';
    const after = this.#text[this.#at];
    if (begins === 'depends' || after === '{') throw this.#besideBraces(began);
    if (after === '/') {
      this.#at++;
      return 'folders';
    }
    return after === undefined || (depth > 0 && (after === ',' || after === '}')) ? 'rest' : 'star';
  }

  #class(began: number): CharacterClass {
    const found = readClass(this.#text, this.#at);
    if ('wrong' in found) throw this.#wrong(found.wrong, began, found.wayOut);
    this.#at = found.end;
    return found.read;
  }

  #braces(depth: number, begins: Begins, began: number): Alternatives {
    if (depth > MOST_DEPTH)
      throw this.#wrong(`braces stand in more than ${MOST_DEPTH} braces`, began, 'use fewer');
    const range = this.#range(began);
    if (range !== undefined) return range;
    const alternatives: GlobNode[][] = [];
    for (;;) {
      alternatives.push(this.#sequence(depth, begins));
      const end = this.#text[this.#at++];
      if (end === undefined)
        throw this.#wrong('"{" is never closed', began, 'write \\{ where the character is meant');
      if (end === '}') break;
    }
    if (alternatives.length < 2)
      throw this.#wrong(
        'braces with one alternative',
        began,
        'write {a,b}, or \\{ and \\} for the characters',
      );
    return { alternatives };
  }

  #range(began: number): Alternatives | undefined {
    const end = this.#text.indexOf('}', this.#at);
    const inside = this.#text.slice(this.#at, end);
    if (end < 0 || inside.includes('{') || inside.includes(',') || !inside.join('').includes('..'))
      return undefined;
    const words = countingRange(inside.join(''));
    if (typeof words === 'string') throw this.#wrong(words, began, 'write {1..12}, [a-z], or {a,b}');
    this.#at = end + 1;
    return { alternatives: words.map((word) => [...word].map(codePoint)) };
  }

  #escaped(began: number): number {
    const character = this.#text[this.#at++];
    if (character === undefined)
      throw this.#wrong('"\\" stands at the end', began, 'write \\\\ for the character');
    return codePoint(character);
  }

  #besideBraces(at: number): InvalidInputError {
    return this.#wrong(
      '"**" beside braces can be a whole segment or not',
      at,
      'put slashes around it, as in a/**/{b,c}, or write several globs',
    );
  }

  #wrong(what: string, at: number, wayOut: string): InvalidInputError {
    const shown = this.#glob.length > 80 ? `${this.#glob.slice(0, 80)}…` : this.#glob;
    return new InvalidInputError(
      `"${shown}" is not a valid glob: ${what}, at character ${at + 1}; ${wayOut}`,
    );
  }
}

/** Behind braces, it depends on what of them was taken. */
function beginsBehind(node: GlobNode | undefined): Begins {
  if (typeof node === 'object' && 'alternatives' in node) return 'depends';
  return node === SLASH || node === 'folders' ? 'yes' : 'no';
}

/** Whether nothing comes behind a `**` that an alternative ends with. */
function hasRestAtEnd(nodes: readonly GlobNode[], isEnd: boolean): boolean {
  return nodes.every((node, at) => {
    const last = isEnd && at === nodes.length - 1;
    if (node === 'rest') return last;
    if (typeof node !== 'object' || !('alternatives' in node)) return true;
    return node.alternatives.every((alternative) => hasRestAtEnd(alternative, last));
  });
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

const MOST_NUMBERS = 1_000;
const RANGE = /^(\d{1,9})\.\.(\d{1,9})$/;

/**
 * The numbers of `1..12`, upwards or downwards, both ends included. Where an end begins with 0, all have as many digits as the
 * longer end, as in shells.
 *
 * @returns what is wrong instead, in words
 */
function countingRange(text: string): string[] | string {
  const [, first = '', last = ''] = RANGE.exec(text) ?? [];
  if (first === '') return `"{${text}}" is no range of numbers`;
  const from = Number(first);
  const to = Number(last);
  const count = Math.abs(to - from) + 1;
  if (count > MOST_NUMBERS) return `"{${text}}" has ${count} numbers, and at most ${MOST_NUMBERS} are taken`;
  const padded = [first, last].some((end) => end.length > 1 && end.startsWith('0'));
  const digits = padded ? Math.max(first.length, last.length) : 1;
  const step = from <= to ? 1 : -1;
  return Array.from({ length: count }, (_, at) => String(from + at * step).padStart(digits, '0'));
}
