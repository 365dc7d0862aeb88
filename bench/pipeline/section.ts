import { withBenchCloud } from '../cloud/bench-cloud.ts';
import { peaksByFunction, WorkerWatch } from '../measure/worker-watch.ts';
import type { BenchOptions } from '../options.ts';
import { PipelineBench } from './pipeline.ts';
import { pipelineSection } from './pipeline-report.ts';

/** Requests per object and lag of the deployed pipeline. */
export function pipeline({ changed, existing }: BenchOptions): Promise<string[]> {
  return withBenchCloud(async ({ cloud, proxy }) => {
    const watch = await WorkerWatch.begin(proxy.endpoint);
    const result = await new PipelineBench(cloud, proxy).run({ changed, existing });
    return pipelineSection(result, peaksByFunction(await watch.end()));
  });
}
