import type { Source } from '@holdfast/core/model/source.ts';
import type { SourceJson } from '../json/sources.ts';

const DAY_MS = 24 * 3600 * 1000;
/** A pass takes a week (ADR 32): two of them, and a day. */
const OVERDUE_DAYS = 15;

/** True for what the schedule compares with its vault by itself: an import has nothing to be compared with. */
function isCompared({ state, site }: Source): boolean {
  return state === 'protected' && site?.importedFrom === undefined;
}

/**
 * Whether two weeks have passed without the vault of a source having been compared whole; null where it never is.
 *
 * @param now ms since 1970
 */
export function vaultOverdue(source: Source, now: number): boolean | null {
  if (!isCompared(source)) return null;
  // What an earlier version protected is compared since it was brought up to date.
  const since = Math.max(source.protectedAt, source.watchedSince ?? 0, source.vaultComparedAt ?? 0);
  return now - since > OVERDUE_DAYS * DAY_MS;
}

type Compared = Pick<SourceJson, 'source' | 'vaultComparedAt' | 'vaultOverdue' | 'renewWith'>;

/** What is to be said of a vault that was not compared for long; at most one line. */
export function vaultTroubles({
  source,
  vaultComparedAt,
  vaultOverdue: overdue,
  renewWith,
}: Compared): string[] {
  // One that an earlier version protected is told of by itself.
  if (overdue !== true || renewWith !== null) return [];
  const since = vaultComparedAt === null ? 'never' : `last at ${vaultComparedAt}`;
  return [
    `${source}: its vault was ${since} compared whole, which should take a week: run holdfast reconcile ${source} --vault --wait`,
  ];
}
