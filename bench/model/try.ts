import { runBackup } from './backup-scenario.ts';
import { DEFAULTS } from './settings.ts';
const n = Number(process.argv[2] ?? 1000);
const tuning = JSON.parse(process.argv[3] ?? '{}');
const parts = Number(process.argv[4] ?? 1);
const t = Date.now();
for (const r of await runBackup(n, { ...DEFAULTS, limits: { ...DEFAULTS.limits, tablePartitions: parts } }, tuning)) {
  console.log(Date.now() - t, r.name, r.objects, r.seconds.toFixed(1), 's', 'listing', r.listingSeconds.toFixed(1), (r.objects / r.seconds).toFixed(0), '/s $/M', (r.dollars / n * 1e6).toFixed(2), 'thr', r.throttled, 'conf', r.conflicts, process.memoryUsage().heapUsed >> 20);
  if (process.argv[5]) console.log(r.requests.map(([k, n]) => `${n.toFixed(4)} ${k}`).join(', '));
}
