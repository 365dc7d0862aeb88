import { isTargetItself } from '@holdfast/core/model/target-key.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { PlaceError } from './disk-errors.ts';
import { type Clash, FOLDER_CONTENT, nameOf, shortPath } from './file-name.ts';
import { Fingerprints, shortFingerprint } from './fingerprints.ts';

/** Where a key goes below the target. */
export type Place = {
  /** With `/` between names; a folder's ends in `/`, and the target's own is empty. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** True when the path is not the key itself. */
  readonly mapped: boolean;
  /** Two objects would have the same key at the target. */
  readonly twice: boolean;
};

// What is known of the names beside each other that a disk takes for one: four flags, and which spelling came first.
const SPELLINGS = 1;
const FILE = 2;
const FOLDER = 4;
const TWO_FILES = 8;
const FLAGS = 15;

/**
 * Gives each key its path. All keys have to be learned first: whether a name needs a suffix depends on the others, and not
 * on which came first.
 */
export class Naming {
  readonly #insensitive: boolean;
  readonly #groups = new Fingerprints();
  #learnedFolder = '';
  #placedFolder: { readonly prefix: string; readonly path: string } = { prefix: '', path: '' };

  /** @param insensitive whether the disk takes names for one that differ in case or in how accents are written */
  constructor(insensitive: boolean) {
    this.#insensitive = insensitive;
  }

  learn(key: string): void {
    const { prefix, last } = split(key);
    this.#learnFolders(prefix);
    if (last !== '') this.#learn(prefix, last, FILE);
  }

  /** @param size an object whose key ends in `/` is a folder only when it is empty */
  place(key: string, size: number): Place {
    const { prefix, last } = split(key);
    const parent = this.#folderPath(prefix);
    if (last === '' && size === 0) return placed(key, parent, 'folder', false);
    const flags = last === '' ? 0 : this.#flags(prefix, last);
    const name = last === '' ? FOLDER_CONTENT : nameOf(last, clashOf(flags, FILE));
    return placed(key, parent + name, 'file', (flags & TWO_FILES) !== 0);
  }

  /** What two paths that the disk takes for one have in common. */
  same(path: string): string {
    return this.#insensitive ? fold(path) : path;
  }

  #learnFolders(prefix: string): void {
    if (prefix === this.#learnedFolder) return;
    this.#learnedFolder = prefix;
    for (const { above, name } of foldersOf(prefix)) this.#learn(above, name, FOLDER);
  }

  #learn(above: string, segment: string, kind: number): void {
    const spelling = shortFingerprint(segment) & ~FLAGS;
    this.#groups.update(this.#group(above, segment), (before) => {
      if (before === 0) return (spelling | kind) >>> 0;
      const other = (before & ~FLAGS) === spelling ? 0 : SPELLINGS;
      const again = kind === FILE && (before & FILE) !== 0 && other === 0 ? TWO_FILES : 0;
      return (before | kind | other | again) >>> 0;
    });
  }

  #folderPath(prefix: string): string {
    if (prefix !== this.#placedFolder.prefix) {
      const names = foldersOf(prefix).map(({ above, name }) =>
        nameOf(name, clashOf(this.#flags(above, name), FOLDER)),
      );
      this.#placedFolder = { prefix, path: names.map((name) => `${name}/`).join('') };
    }
    return this.#placedFolder.path;
  }

  #flags(above: string, segment: string): number {
    return (this.#groups.get(this.#group(above, segment)) ?? 0) & FLAGS;
  }

  #group(above: string, segment: string): string {
    return `${above}\0${this.same(nameOf(segment))}`;
  }
}

/** Where an object goes. @param keyFor its key at the target; its own unless told */
export function placeOf(
  { key, version }: Pick<Selected, 'key' | 'version'>,
  naming: Naming,
  keyFor: (key: string) => string = (own) => own,
): Place & { readonly key: string } {
  const target = keyFor(key);
  // Only the marker of the target itself is the target. Of another object without a key, the name is that of a content.
  const isContent = target === '' && !isTargetItself(key, target, version.size);
  return { key: target, ...naming.place(target, isContent ? Math.max(1, version.size) : version.size) };
}

/** Why an object that shares its key at the target with another is not brought there. */
export const TWICE = {
  reason: 'same-target',
  detail: 'another object would have the same key at the target',
} as const;

/** @throws {PlaceError} for an object that shares its key at the target with another */
export function refuseTwice({ twice }: Place): void {
  if (twice) throw new PlaceError(TWICE.reason, TWICE.detail);
}

function placed(key: string, path: string, kind: Place['kind'], twice: boolean): Place {
  const short = shortPath(path, key);
  return { path: short, kind, mapped: short !== key, twice };
}

function clashOf(flags: number, kind: number): Clash {
  return {
    case: (flags & SPELLINGS) !== 0,
    file: kind === FILE && (flags & FOLDER) !== 0,
  };
}

function split(key: string): { readonly prefix: string; readonly last: string } {
  const cut = key.lastIndexOf('/') + 1;
  return { prefix: key.slice(0, cut), last: key.slice(cut) };
}

/** The folders on the way to a prefix that is empty or ends in `/`. */
function foldersOf(prefix: string): Array<{ readonly above: string; readonly name: string }> {
  if (prefix === '') return [];
  const names = prefix.slice(0, -1).split('/');
  let above = '';
  return names.map((name) => {
    const folder = { above, name };
    above += `${name}/`;
    return folder;
  });
}

/**
 * What a disk that does not tell upper from lower case, or one way to write an accent from another, takes for the same
 * name. It may take more for the same than the disk does: that costs a suffix and nothing else.
 */
export function fold(name: string): string {
  return name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
