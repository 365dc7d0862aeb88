import type { LogFields, MetricName, Telemetry } from '../../ports/telemetry.ts';

export type LogLine = {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
};

/** Keeps what it hears. */
export class MemoryTelemetry implements Telemetry {
  readonly lines: LogLine[] = [];
  readonly #metrics = new Map<MetricName, number[]>();

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  metric(name: MetricName, value: number): void {
    this.#metrics.set(name, [...this.values(name), value]);
  }

  /** Everything emitted under a name, in order. */
  values(name: MetricName): readonly number[] {
    return this.#metrics.get(name) ?? [];
  }

  total(name: MetricName): number {
    return this.values(name).reduce((sum, value) => sum + value, 0);
  }
}
