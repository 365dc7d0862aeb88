import type { RealVersion } from '../../../vault/vault-history.ts';
import { encodePart } from '../model/site-path.ts';
import { atTheEnd, type Named, uniqueNames } from './unique-names.ts';

/** Where things go whose folder nobody knows. */
const LOST_AND_FOUND = 'lost and found';

/** What the records say of a folder, or of a user's root folder. */
export type KnownFolder = Named & {
  /** Absent for a root. */
  readonly parentId?: string | undefined;
  readonly deletedAt?: number | undefined;
  /** It was there at the moment, as a folder that can be empty. */
  readonly existed: boolean;
  /** The record's own version in the vault. */
  readonly version?: RealVersion | undefined;
};

/** One place in the tree. A deleted folder has the same place as another of its name. */
export type Place = {
  /** The path of what is in it begins so: ends in `/`, but for the site's own, which is empty. */
  readonly key: string;
  /** By name. */
  readonly folders: Map<string, Place>;
  /** Of the folders in it that were there. */
  readonly names: Set<string>;
  /** The folder that was there; absent when only deleted ones were. */
  live?: KnownFolder;
  deleted?: KnownFolder;
};

/** A folder, and when it, or one that it was in, was deleted. */
export type PlacedFolder = { readonly place: Place; readonly deletedAt: number | undefined };

/** All folders of a site at a moment, with their places in the tree. */
export class SiteFolders {
  readonly top: PlacedFolder = { place: newPlace(''), deletedAt: undefined };
  /** First, so that no user's name can be mistaken for it. */
  readonly #lost = add(this.top, LOST_AND_FOUND, undefined);
  readonly #byId = new Map<string, PlacedFolder>();

  /** @param roots users' root folders, by the users' names */
  constructor(roots: readonly KnownFolder[], known: ReadonlyMap<string, KnownFolder>) {
    this.top.place.names.add(LOST_AND_FOUND);
    const children = childrenOf(known);
    this.#placeAll(this.top, roots, children);
    for (const [parentId, orphans] of children) {
      if (!known.has(parentId) && !this.#byId.has(parentId))
        this.#placeAll(this.#lostFolder(parentId), orphans, children);
    }
    // What nothing leads to goes round in a circle; it is cut open at the smallest id.
    for (const id of [...known.keys()].sort()) {
      if (this.#byId.has(id)) continue;
      const first = smallestInCircle(id, known);
      this.#placeAll(this.#lostFolder(first), children.get(first) ?? [], children);
    }
  }

  /** The folder of an id; one that nobody knows is found again under `lost and found/`. */
  folder(id: string | undefined): PlacedFolder {
    if (id === undefined) return this.#lost;
    return this.#byId.get(id) ?? this.#lostFolder(id);
  }

  #lostFolder(id: string): PlacedFolder {
    const lost = add(this.#lost, id, undefined);
    this.#lost.place.names.add(id);
    this.#byId.set(id, lost);
    return lost;
  }

  /** Gives folders, and all that are in them, their places. */
  #placeAll(
    parent: PlacedFolder,
    first: readonly KnownFolder[],
    children: ReadonlyMap<string, readonly KnownFolder[]>,
  ): void {
    const waiting: Array<readonly [PlacedFolder, readonly KnownFolder[]]> = [[parent, first]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [into, all] = next;
      for (const { id } of this.#placeSome(into, all))
        waiting.push([this.folder(id), children.get(id) ?? []]);
    }
  }

  /** @returns those that had no place before */
  #placeSome(parent: PlacedFolder, all: readonly KnownFolder[]): readonly KnownFolder[] {
    const fresh = all.filter(({ id }) => !this.#byId.has(id));
    const isLive = ({ deletedAt }: KnownFolder) => deletedAt === undefined && parent.deletedAt === undefined;
    const live = fresh.filter(isLive);
    const names = uniqueNames(live, parent.place.names, atTheEnd);
    for (const [index, known] of live.entries()) {
      const placed = add(parent, names[index] ?? known.name, undefined);
      placed.place.live = known;
      this.#byId.set(known.id, placed);
    }
    for (const known of fresh.filter((one) => !isLive(one))) {
      const placed = add(parent, known.name, earlier(known.deletedAt, parent.deletedAt));
      placed.place.deleted ??= known;
      this.#byId.set(known.id, placed);
    }
    return fresh;
  }
}

/** The earlier of two times, as far as there are any. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function add({ place }: PlacedFolder, name: string, deletedAt: number | undefined): PlacedFolder {
  const there = place.folders.get(name);
  if (there !== undefined) return { place: there, deletedAt };
  const added = newPlace(`${place.key}${encodePart(name)}/`);
  place.folders.set(name, added);
  return { place: added, deletedAt };
}

function newPlace(key: string): Place {
  return { key, folders: new Map(), names: new Set() };
}

function childrenOf(known: ReadonlyMap<string, KnownFolder>): Map<string, KnownFolder[]> {
  const children = new Map<string, KnownFolder[]>();
  for (const one of known.values()) {
    const { parentId } = one;
    if (parentId === undefined || parentId === one.id) continue;
    const siblings = children.get(parentId);
    if (siblings === undefined) children.set(parentId, [one]);
    else siblings.push(one);
  }
  return children;
}

/** @param id of a folder that is in a circle, or is somewhere below one */
function smallestInCircle(id: string, known: ReadonlyMap<string, KnownFolder>): string {
  const above = (of: string) => known.get(of)?.parentId ?? of;
  const seen = new Set<string>();
  let inside = id;
  for (; !seen.has(inside); inside = above(inside)) seen.add(inside);
  let smallest = inside;
  for (let next = above(inside); next !== inside; next = above(next)) if (next < smallest) smallest = next;
  return smallest;
}
