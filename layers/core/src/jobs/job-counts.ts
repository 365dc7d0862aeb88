import type { Counts } from '../model/job.ts';
import { count } from '../model/text.ts';
import type { Bar, BarPart, Shade } from './job-kind.ts';

/** One counter; 0 for one that never counted. */
export function countOf(counts: Counts, name: string): number {
  return Math.max(0, counts[name] ?? 0);
}

/** `3 failed`, or nothing where none did. */
export function some(counts: Counts, name: string, words: string): string[] {
  const n = countOf(counts, name);
  return n === 0 ? [] : [`${count(n)} ${words}`];
}

/** How a counter is drawn: its shade, its name, its label. */
export type CountedPart = readonly [shade: Shade, name: string, label: string];

/** A bar of the parts of a whole, and of what is left of it. */
export function barOf(
  title: string,
  counts: Counts,
  parts: readonly CountedPart[],
  whole: number,
  [restShade, restLabel]: readonly [Shade, string],
): Bar {
  const known = parts.map((part) => partOf(counts, part));
  const rest = whole - known.reduce((sum, { n }) => sum + n, 0);
  return { title, parts: [...known, { shade: restShade, label: restLabel, n: Math.max(0, rest) }] };
}

function partOf(counts: Counts, [shade, name, label]: CountedPart): BarPart {
  const size = countOf(counts, `${name}Bytes`);
  return { shade, label, n: countOf(counts, name), ...(size > 0 ? { bytes: size } : {}) };
}
