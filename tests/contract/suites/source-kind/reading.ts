import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import type { Candidate } from '@holdfast/core/source/candidate.ts';
import type { SourceStateAt } from '@holdfast/core/source/source-state.ts';
import type { RealVersion } from '@holdfast/core/vault/vault-history.ts';
import type { Life, Moment, Span, Thing } from './life.ts';

/** A key and its text. */
export type Text = readonly [key: string, text: string];

export const NOW = Number.MAX_SAFE_INTEGER;

/** The bytes of a version, as text. */
export async function textOf({ given, source }: Life, version: RealVersion): Promise<string> {
  const { body } = await given.kind.history.reader(source.world).open(version);
  return Buffer.concat(await Array.fromAsync(body)).toString();
}

/** What the vault has of things at a moment, in the order in which it is listed; what only holds things is left out. */
export async function statesAt(life: Life, at: number, prefix = ''): Promise<SourceStateAt[]> {
  const { kind, isItem } = life.given;
  const states = await Array.fromAsync(
    kind.history.statesAt({ ...life.place, prefix }, at, life.source.world),
  );
  return states.filter(({ key }) => isItem(key));
}

/** Keys with their texts, of what was there. */
export async function textsAt(life: Life, at: number, prefix = ''): Promise<Text[]> {
  const there = (await statesAt(life, at, prefix)).flatMap(({ key, current }) =>
    current === undefined ? [] : [[key, current] as const],
  );
  return sorted(
    await Promise.all(there.map(async ([key, version]) => [key, await textOf(life, version)] as const)),
  );
}

export function textsOf(things: readonly Thing[]): Text[] {
  return sorted(things.map(({ key, text }) => [key, text] as const));
}

export function sorted(texts: readonly Text[]): Text[] {
  return texts.toSorted(([a, x], [b, y]) => compareKeys(a, b) || compareKeys(x, y));
}

/** Moments to ask for, with what was there: as soon as it was captured, and until just before the next thing happened. */
export function asked(life: Life): Array<readonly [at: number, moment: Moment]> {
  return life.moments.flatMap((moment, index) => {
    const next = life.moments[index + 1]?.done ?? life.source.now();
    return [
      [moment.captured, moment],
      [next - 1, moment],
    ] as const;
  });
}

export function isWithin(at: number, { done, captured }: Span): boolean {
  return at >= done && at <= captured;
}

/** Everything that there is to prove, or only what a moment had. */
export async function candidatesOf(life: Life, at?: number, prefix = ''): Promise<Candidate[]> {
  const request = { ...life.place, prefix, ...(at === undefined ? {} : { at }) };
  const listeners = { onUnmatched: async () => {}, onTop: async () => {} };
  return Array.fromAsync(life.given.kind.history.candidates(request, listeners, life.source.world));
}

/** The version in the vault that has one of the texts that there ever were. */
export async function versionOf(life: Life, { key, text }: Thing): Promise<Candidate> {
  for (const candidate of await candidatesOf(life)) {
    if (candidate.missing !== undefined) continue;
    const isOfKey = life.given.identity === 'item' || candidate.key === key;
    if (isOfKey && (await textOf(life, candidate.version)) === text) return candidate;
  }
  throw new Error(`the vault has no version of ${key} that says "${text}"`);
}
