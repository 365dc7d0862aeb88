import type { LogFields, MetricName, Telemetry } from '@holdfast/core/ports/telemetry.ts';

export type LogLine = {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
};

/** Keeps what it hears. */
export class MemoryTelemetry implements Telemetry {
  readonly lines: LogLine[] = [];
  readonly #metrics = new Map<MetricName, number[]>();
  readonly #sources = new Map<string, number[]>();

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  metric(name: MetricName, value: number, source?: string): void {
    this.#metrics.set(name, [...this.values(name), value]);
    if (source !== undefined) this.#sources.set(`${name} ${source}`, [...this.valuesOf(name, source), value]);
  }

  /** Everything emitted under a name, in order. */
  values(name: MetricName): readonly number[] {
    return this.#metrics.get(name) ?? [];
  }

  /** Everything emitted under a name for one source, in order. */
  valuesOf(name: MetricName, source: string): readonly number[] {
    return this.#sources.get(`${name} ${source}`) ?? [];
  }

  total(name: MetricName): number {
    return this.values(name).reduce((sum, value) => sum + value, 0);
  }
}
