import { withBenchCloud } from '../cloud/bench-cloud.ts';
import { kinds, short, table } from '../markdown.ts';
import { peaksByFunction, WorkerWatch } from '../measure/worker-watch.ts';
import type { BenchOptions } from '../options.ts';
import { SiteBench, type SitePhase } from './site-bench.ts';

/** Requests for each document of a WorkDocs site, and the time from an upload to the vault. */
export function workdocs({ documents }: BenchOptions): Promise<string[]> {
  return withBenchCloud(async ({ cloud, proxy }) => {
    const watch = await WorkerWatch.begin(proxy.endpoint);
    const { phases, lag } = await SiteBench.run(cloud, proxy, documents);
    const peaks = peaksByFunction(await watch.end());
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    return [
      '## WorkDocs sites',
      '',
      'Counted at the wire, between the functions and a WorkDocs server of the project’s own, and between them and the local',
      `cloud. ${documents} documents of one version, 50 in a folder; without comments. One page of a listing has 100 of them. What`,
      'happened less than two minutes before it was captured is looked at once more by the next poll; that is not in here.',
      '',
      ...table(
        ['for each', 'number', 'seconds', 'requests to WorkDocs', 'requests to AWS'],
        phases.map((phase) => [
          phase.name,
          String(phase.things),
          phase.seconds.toFixed(1),
          perThing(phase.workdocs, phase),
          perThing(phase.aws, phase),
        ]),
      ),
      '',
      '### Requests in all',
      '',
      ...table(
        ['phase', 'requests to WorkDocs', 'requests to AWS'],
        phases.map(({ name, workdocs, aws }) => [name, kinds(workdocs), kinds(aws)]),
      ),
      '',
      '### From an upload to the vault',
      '',
      `${lag.count} uploads, one every nine seconds, while the site’s own schedule polls every minute.`,
      '',
      ...table(['p50', 'p99', 'longest'], [[seconds(lag.p50), seconds(lag.p99), seconds(lag.max)]]),
      '',
      '### Memory',
      '',
      ...table(
        ['function', 'peak'],
        Object.entries(peaks)
          .toSorted(([a], [b]) => a.localeCompare(b))
          .map(([name, peak]) => [name, `${peak.toFixed(0)} MiB`]),
      ),
    ];
  });
}

function perThing(requests: Readonly<Record<string, number>>, { things }: SitePhase): string {
  return Object.entries(requests)
    .map(([kind, n]) => `${short(n / things)} ${kind}`)
    .join(', ');
}
