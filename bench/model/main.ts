import { parseArgs } from 'node:util';
import { modelSection } from './section.ts';

const USAGE = `Usage: node bench/model/main.ts [--objects <n>]

Runs the flows on a virtual clock over ports with AWS's latencies and limits, and prints objects per second, lag,
durations, requests and dollars, in Markdown.

  --objects   objects of the largest bucket that is simulated (1000000: six minutes of an idle CPU, 2 GiB of memory)`;

const { values } = parseArgs({
  options: { objects: { type: 'string', default: '1000000' }, help: { type: 'boolean', short: 'h' } },
});
const largest = Number(values.objects);

if (values.help) console.log(USAGE);
else if (!Number.isInteger(largest) || largest < 1) {
  console.error(`"${values.objects}" is not a number of objects\n\n${USAGE}`);
  process.exitCode = 2;
} else console.log(await modelSection({ largest, onProgress: (text) => console.error(text) }));
