/** Metrics Holdfast emits, by name. Times in milliseconds, sizes in bytes, the rest counts. */
export type MetricName =
  | 'Lag'
  | 'CapturedObjects'
  | 'CapturedBytes'
  | 'DeletedObjects'
  | 'UnprotectedObjects'
  | 'MissedEvents'
  | 'HeldDeletions'
  | 'WiringDrift'
  | 'RestoredObjects'
  | 'FailedMessages';

export type LogFields = Readonly<Record<string, unknown>>;

/** Logs and metrics. Never given contents, user metadata or credentials. */
export interface Telemetry {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  metric(name: MetricName, value: number): void;
}

/** Hears nothing. */
export const silent: Telemetry = { info() {}, warn() {}, error() {}, metric() {} };
