import { PRICES } from '@holdfast/core/cost/prices.ts';

/** Upper bounds of what one run asks for, rounded up from runs on the local cloud. */
const REQUESTS = {
  s3Writes: 1_500,
  s3Reads: 2_500,
  tableWrites: 1_000,
  tableReads: 1_000,
  queueRequests: 10_000,
};
const INVOCATIONS = 1_000;
const GB_SECONDS = 1_000;
const ALARMS = 40;
const METRICS = 30;
const HOURS_A_MONTH = 730;

/**
 * What one run costs at most, in US dollars at the list prices of us-east-1. Alarms and metrics are billed for the hours that they
 * are there; storage of some 100 MiB for minutes is below a hundredth of a cent.
 */
export function estimateDollars(hours = 1): number {
  const { perMillion } = PRICES;
  const requests = Object.entries(REQUESTS).reduce(
    (sum, [name, number]) => sum + (number / 1e6) * perMillion[name as keyof typeof REQUESTS],
    0,
  );
  const compute = (INVOCATIONS / 1e6) * perMillion.invocations + GB_SECONDS * PRICES.gbSecond;
  const watching = ((ALARMS * PRICES.alarmMonth + METRICS * PRICES.metricMonth) * hours) / HOURS_A_MONTH;
  return requests + compute + watching;
}
