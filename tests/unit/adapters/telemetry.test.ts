import { PowertoolsTelemetry } from '@holdfast/core/aws/powertools-telemetry.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryTelemetry } from '../../../testing/memory/memory-telemetry.ts';

describe('PowertoolsTelemetry', () => {
  beforeEach(() => {
    // Then Powertools writes to the console, which can be listened to, and not past it.
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  function listen(method: 'log' | 'info' | 'warn' | 'error') {
    const heard: Array<Record<string, unknown>> = [];
    vi.spyOn(console, method).mockImplementation((line) => heard.push(JSON.parse(line)));
    return heard;
  }

  it('logs one JSON object a line', () => {
    const heard = listen('warn');
    new PowertoolsTelemetry('my-stack').warn('deletions held', { source: 's3://b', count: 5 });
    expect(heard).toMatchObject([
      { level: 'WARN', message: 'deletions held', source: 's3://b', count: 5, service: 'my-stack' },
    ]);
  });

  it('writes metrics with their units when told to, once', () => {
    const heard = listen('log');
    const telemetry = new PowertoolsTelemetry('my-stack');
    telemetry.metric('Lag', 1500);
    telemetry.metric('CapturedBytes', 10);
    telemetry.metric('CapturedObjects', 1);
    telemetry.metric('CapturedObjects', 2);
    expect(heard).toEqual([]);
    telemetry.flush();
    telemetry.flush();
    expect(heard).toMatchObject([{ Lag: 1500, CapturedBytes: 10, CapturedObjects: [1, 2] }]);
    expect(heard[0]?.['_aws']).toMatchObject({
      CloudWatchMetrics: [
        {
          Namespace: 'Holdfast',
          Metrics: [
            { Name: 'Lag', Unit: 'Milliseconds' },
            { Name: 'CapturedBytes', Unit: 'Bytes' },
            { Name: 'CapturedObjects', Unit: 'Count' },
          ],
        },
      ],
    });
  });
});

describe('metrics of one source', () => {
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('have a line for each source, with the dimensions that the alarms name', () => {
    const heard: Array<Record<string, unknown>> = [];
    vi.spyOn(console, 'log').mockImplementation((line) => heard.push(JSON.parse(line)));
    const telemetry = new PowertoolsTelemetry('my-stack');
    telemetry.metric('CapturedObjects', 1);
    telemetry.metric('ChangedObjects', 1, 's3://photos');
    telemetry.metric('ChangedObjects', 1, 's3://photos');
    telemetry.metric('ReconcileAge', 5, 's3://books');
    telemetry.flush();
    telemetry.flush();
    expect(heard).toMatchObject([
      { service: 'my-stack', CapturedObjects: 1 },
      { service: 'my-stack', source: 's3://photos', ChangedObjects: [1, 1] },
      { service: 'my-stack', source: 's3://books', ReconcileAge: 5 },
    ]);
    expect(heard.map(dimensionsOf)).toEqual([
      [['service']],
      [['service', 'source']],
      [['service', 'source']],
    ]);
  });

  function dimensionsOf(line: Record<string, unknown>): unknown {
    return (line['_aws'] as { CloudWatchMetrics: Array<{ Dimensions: unknown }> }).CloudWatchMetrics[0]
      ?.Dimensions;
  }
});

describe('MemoryTelemetry', () => {
  it('keeps what it hears', () => {
    const telemetry = new MemoryTelemetry();
    telemetry.info('one', { a: 1 });
    telemetry.error('two');
    telemetry.metric('Lag', 5);
    telemetry.metric('Lag', 7);
    expect(telemetry.lines).toEqual([
      { level: 'info', message: 'one', fields: { a: 1 } },
      { level: 'error', message: 'two', fields: {} },
    ]);
    expect(telemetry.values('Lag')).toEqual([5, 7]);
    expect(telemetry.total('Lag')).toBe(12);
    expect(telemetry.total('MissedEvents')).toBe(0);
  });
});
