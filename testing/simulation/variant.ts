import type { Weights } from './steps.ts';

/** Holdfast with one thing broken on purpose: histories must find it. */
export type Variant = {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The histories that are to find it: those of buckets unless given. */
  readonly of?: 'sites';
  /** How those are weighed: as usual unless given. */
  readonly weights?: Weights;
  /** Histories from this seed on find it soon; others find it too, later. 1 unless given. */
  readonly seed?: number;
  /** It takes minutes to be found: left out of `npm test`, tried before a release. */
  readonly rare?: true;
};

/** One place of the source, and what stands there instead; the file is under layers/core/src, or under testing/. */
type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** Where the file of an edit is, from the root of the repository. */
export function editedPath({ file }: Pick<Edit, 'file'>): string {
  return file.startsWith('testing/') ? file : `layers/core/src/${file}`;
}
