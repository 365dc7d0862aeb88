import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LogFields, MetricName, Telemetry } from '../ports/telemetry.ts';

const NAMESPACE = 'Holdfast';

const UNITS: Readonly<Partial<Record<MetricName, (typeof MetricUnit)[keyof typeof MetricUnit]>>> = {
  Lag: MetricUnit.Milliseconds,
  CanaryLag: MetricUnit.Milliseconds,
  ReconcileAge: MetricUnit.Seconds,
  CapturedBytes: MetricUnit.Bytes,
  RestoredBytes: MetricUnit.Bytes,
};

/**
 * Logs as JSON lines, metrics as CloudWatch's embedded format: neither takes a request. The stack's name is what both
 * call the service: two stacks of one account must not add up.
 */
export class PowertoolsTelemetry implements Telemetry {
  readonly #stack: string;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #bySource = new Map<string, Metrics>();

  constructor(stack: string) {
    this.#stack = stack;
    this.#logger = new Logger({ serviceName: stack });
    this.#metrics = new Metrics({ namespace: NAMESPACE, serviceName: stack });
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

  metric(name: MetricName, value: number, source?: string): void {
    const metrics = source === undefined ? this.#metrics : this.#metricsOf(source);
    metrics.addMetric(name, UNITS[name] ?? MetricUnit.Count, value);
  }

  /** Dimensions are of a whole line: the metrics of a source have a line of their own. */
  #metricsOf(source: string): Metrics {
    const known =
      this.#bySource.get(source) ??
      new Metrics({ namespace: NAMESPACE, serviceName: this.#stack, defaultDimensions: { source } });
    this.#bySource.set(source, known);
    return known;
  }

  /** Writes the metrics of this invocation. Call it last: what is not written is lost when the function freezes. */
  flush(): void {
    for (const metrics of [this.#metrics, ...this.#bySource.values()])
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
