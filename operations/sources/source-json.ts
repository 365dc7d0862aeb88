import { MAX_STEPS, stepsOfStored } from '@holdfast/core/model/filter.ts';
import { changedMeaning, GLOB_SYNTAX } from '@holdfast/core/model/glob/earlier-meaning.ts';
import { type LagHistogram, lagPercentile } from '@holdfast/core/model/lag.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import { moment } from '../json/moment.ts';
import type { Lag, SourceJson } from '../json/sources.ts';
import type { StackView } from '../ports.ts';
import type { Standing } from '../standing.ts';
import { vaultOverdue } from './vault-pass.ts';

/** A source as `--json` gives it. @param stack its small stack, if there is one */
export function sourceJson(
  source: Source,
  stack: StackView | undefined,
  now: number,
  standing: Standing,
): SourceJson {
  const { totals, heldDeletions: held, lastImport, canary } = source;
  return {
    source: source.source,
    account: source.account ?? null,
    state: source.state,
    prefix: source.prefix ?? null,
    include: source.include ?? [],
    exclude: source.exclude ?? [],
    globChanges: globChanges(source),
    slowGlobs: slowGlobs(source),
    ...standing.captured(source),
    protectedAt: moment(source.protectedAt),
    ...wiringJson(source, stack),
    objects: atLeastNone(totals.objects),
    bytes: atLeastNone(totals.bytes),
    unprotected: atLeastNone(totals.unprotected),
    rpo: standing.rpo(source, stack, now),
    canary: canary === undefined ? null : `${source.source}/${canary.key}`,
    renewWith: standing.renewal(source),
    lag: lagJson(source.lag),
    lastEventAt: moment(source.lastEventAt),
    lastPollAt: moment(source.lastPollAt),
    importedFrom: source.site?.importedFrom ?? null,
    lastImport: lastImport === undefined ? null : { ...lastImport, at: moment(lastImport.at) },
    lastReconcileAt: moment(source.lastReconcileAt),
    lastReconcileJob: source.lastReconcileJob ?? null,
    vaultComparedAt: moment(source.vaultComparedAt),
    vaultOverdue: vaultOverdue(source, now),
    heldDeletions: held === undefined ? null : { job: held.job, count: held.count, at: moment(held.at) },
    unreachable: source.unreachable ?? null,
  };
}

/** Globs that an earlier version read otherwise. */
function globChanges({ globSyntax, include = [], exclude = [] }: Source): SourceJson['globChanges'] {
  if (globSyntax === GLOB_SYNTAX) return [];
  return [...include, ...exclude].flatMap((glob) => {
    const change = changedMeaning(glob);
    return change === undefined ? [] : [{ glob, change }];
  });
}

function slowGlobs(source: Source): SourceJson['slowGlobs'] {
  const steps = stepsOfStored(source);
  return steps > MAX_STEPS ? { steps, most: MAX_STEPS } : null;
}

/** Between reconciles the totals are estimates: the answer of a write can be lost, and with it what it counted. */
function atLeastNone(estimate: number): number {
  return Math.max(0, estimate);
}

/** A stack without a row: it brings events that nobody has registered settings for. */
export function unregisteredJson(source: string, stack: StackView): SourceJson {
  return {
    source,
    account: null,
    state: 'unregistered',
    prefix: null,
    include: [],
    exclude: [],
    globChanges: [],
    slowGlobs: null,
    tagChanges: null,
    acls: null,
    protectedAt: null,
    wiring: 'unknown',
    wiringDetail: `it has a stack and no row in the catalog: run holdfast protect ${source} again, or holdfast reindex`,
    stack: stackJson(stack),
    objects: 0,
    bytes: 0,
    unprotected: 0,
    rpo: null,
    canary: null,
    renewWith: null,
    lag: null,
    lastEventAt: null,
    lastPollAt: null,
    importedFrom: null,
    lastImport: null,
    lastReconcileAt: null,
    lastReconcileJob: null,
    vaultComparedAt: null,
    vaultOverdue: null,
    heldDeletions: null,
    unreachable: null,
  };
}

/** Without its stack no event arrives, whatever the last reconcile found. */
function wiringJson(
  { source, state, wiring, wiringDetail }: Source,
  stack: StackView | undefined,
): Pick<SourceJson, 'wiring' | 'wiringDetail' | 'stack'> {
  if (state === 'protected' && stack === undefined) {
    const wiringDetail = `its stack is gone: run holdfast unprotect ${source}, then protect it again`;
    return { wiring: 'broken', wiringDetail, stack: null };
  }
  return { wiring, wiringDetail: wiringDetail ?? null, stack: stackJson(stack) };
}

function stackJson(stack: StackView | undefined): SourceJson['stack'] {
  return stack === undefined ? null : { name: stack.name, status: stack.status };
}

function lagJson(histogram: LagHistogram): Lag | null {
  const captures = histogram.reduce((sum, n) => sum + n, 0);
  if (captures === 0) return null;
  const within = (share: number) => {
    const seconds = lagPercentile(histogram, share);
    return seconds === undefined || !Number.isFinite(seconds) ? null : seconds;
  };
  return { captures, p50Seconds: within(0.5), p99Seconds: within(0.99) };
}
