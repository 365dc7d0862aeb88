import { describe, it } from 'vitest';
import { ADDRESS } from './source-kind/address.ts';
import { CHANGES } from './source-kind/changes.ts';
import type { GivenKind, SourcePromise } from './source-kind/given.ts';
import { MOMENTS } from './source-kind/moments.ts';
import { PROVING } from './source-kind/proving.ts';
import { RESTORING } from './source-kind/restoring.ts';
import { SELECTING } from './source-kind/selecting.ts';
import { VERSIONS } from './source-kind/versions.ts';

/** Everything that a kind of source promises to the core. */
export const PROMISES: readonly SourcePromise[] = [
  ...ADDRESS,
  ...MOMENTS,
  ...VERSIONS,
  ...CHANGES,
  ...SELECTING,
  ...PROVING,
  ...RESTORING,
];

/** The contract of SourceKind: whatever is one behaves as the flows and the command line rely on. */
export function describeSourceKind(name: string, given: GivenKind): void {
  describe(`SourceKind: ${name}`, () => {
    for (const { name: promise, check } of PROMISES) it(promise, () => check(given));
  });
}
