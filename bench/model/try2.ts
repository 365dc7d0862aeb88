import { priceOf, timesUsage, total } from '@holdfast/core/model/cost/usage.ts';
import { runCapture } from './capture-scenario.ts';
import { DEFAULTS } from './settings.ts';
const [rate, n, tunings] = [Number(process.argv[2]), Number(process.argv[3]), process.argv.slice(4)];
for (const t of tunings) {
  const r = await runCapture({ objects: n, perSecond: rate }, DEFAULTS, JSON.parse(t));
  console.log(t, rate, '/s', r.perSecond.toFixed(0), 'lag', r.lag.p50.toFixed(1), r.lag.p99.toFixed(1), 'obj/inv', r.objectsPerInvocation.toFixed(1), 'thr', r.throttled.toFixed(2), 'dead', r.dead, '$', total(priceOf(timesUsage(r.usage, 1e6))).toFixed(2));
}
