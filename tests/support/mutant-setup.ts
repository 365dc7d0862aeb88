import fc from 'fast-check';
import { inject, vi } from 'vitest';

// Test files share a process: starting one for each would take most of the time. Each begins with modules of its own, so
// that a mutant of a constant takes effect, and with no mutant that an earlier run left on; the next hook turns its own on.
const inFile = inject as (name: string) => unknown;
const stryker = (globalThis as Record<string, unknown>)[String(inFile('globalNamespace'))] as
  | { activeMutant?: string | undefined }
  | undefined;
if (stryker !== undefined && inFile('mutantActivation') !== 'static') stryker.activeMutant = undefined;
vi.resetModules();

// A mutant is killed by the first history that fails; the shortest one is of no interest.
fc.configureGlobal({ endOnFailure: true });
