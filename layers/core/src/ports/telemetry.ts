/** Metrics Holdfast emits, by name. `Lag` in milliseconds, `CanaryLag` too, `ReconcileAge` in seconds, sizes in bytes, the rest counts. */
export type MetricName =
  | 'Lag'
  | 'CapturedObjects'
  | 'CapturedBytes'
  /** Captures on top of a copy that was there. */
  | 'OverwrittenObjects'
  | 'DeletedObjects'
  /** Of one source: overwritten and deleted objects together. */
  | 'ChangedObjects'
  | 'UnprotectedObjects'
  | 'MissedEvents'
  | 'HeldDeletions'
  | 'WiringDrift'
  /** Of one source: since its last finished reconcile, told when one begins; 0 when one finishes. */
  | 'ReconcileAge'
  /** Of one source: 1 for an hourly check that found all well, 0 for one that did not. */
  | 'Pulse'
  /** Of one source with a canary: from its writing to its record in the catalog. */
  | 'CanaryLag'
  | 'RestoredObjects'
  | 'RestoredBytes'
  /** Attempts at a message or an object that failed; most are tried again. */
  | 'Errors'
  /** Requests that AWS refused for being too many; the SDK tries them again. */
  | 'Throttles';

export type LogFields = Readonly<Record<string, unknown>>;

/** Logs and metrics. Never given contents, user metadata, tags, credentials, or what an unreadable message says. */
export interface Telemetry {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** @param source only for metrics that are kept for each source apart: each one costs */
  metric(name: MetricName, value: number, source?: string): void;
}

/** Hears nothing. */
export const silent: Telemetry = { info() {}, warn() {}, error() {}, metric() {} };
