import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LogFields, MetricName, Telemetry } from '../../ports/telemetry.ts';

const NAMESPACE = 'Holdfast';

const UNITS: Readonly<Partial<Record<MetricName, (typeof MetricUnit)[keyof typeof MetricUnit]>>> = {
  Lag: MetricUnit.Milliseconds,
  CapturedBytes: MetricUnit.Bytes,
};

/** Logs as JSON lines, metrics as CloudWatch's embedded format: neither takes a request. */
export class PowertoolsTelemetry implements Telemetry {
  readonly #logger: Logger;
  readonly #metrics: Metrics;

  constructor(serviceName = 'holdfast') {
    this.#logger = new Logger({ serviceName });
    this.#metrics = new Metrics({ namespace: NAMESPACE, serviceName });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#logger.info(message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#logger.warn(message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#logger.error(message, fields);
  }

  metric(name: MetricName, value: number): void {
    this.#metrics.addMetric(name, UNITS[name] ?? MetricUnit.Count, value);
  }

  /** Writes the metrics of this invocation. Call it last: what is not written is lost when the function freezes. */
  flush(): void {
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}
