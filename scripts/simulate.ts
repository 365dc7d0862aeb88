import { parseArgs } from 'node:util';
import { type Outcome, type SimulateOptions, simulate } from '../testing/simulation/simulate.ts';
import { WEIGHTS, type Weights } from '../testing/simulation/steps.ts';
import { VARIANTS } from '../testing/simulation/variants.ts';

const USAGE = `Usage: npm run simulate -- [--histories <n>] [--seed <n>] [--path <path>] [--weights <which>]
       [--variant <name>] [--workers <n>]

Plays random histories of a source, some of them of a WorkDocs site, against the real flows over memory: changes, lost,
doubled and late events, handlers killed at any await and running side by side, refused requests, lost answers, stale
listings, reconciles, restores and reindexes. After each one the invariants I1 to I7 of docs/design.md are checked against a model of the source.

  --histories  how many to play (10000)
  --seed       of the first ones (1); the same seed and number play the same histories
  --path       with --seed, as a failure prints it: plays that one history again
  --weights    usual: what sources mostly see, a tenth of sites (unless given) | rare: half of sites, and of buckets jobs that
               begin and end side by side, restores, thaws, large copies, objects that come back | quiet: events that get
               lost, and hourly checks
  --variant    plays them on Holdfast with one thing broken on purpose: ${VARIANTS.map(({ name }) => name).join('; ')}
  --workers    threads (one for each core)

Exit 0: all went well. 1: one did not; it is printed, shrunk to what it takes. 2: usage.`;

type Failed = NonNullable<Outcome['failure']>;

async function main(): Promise<number> {
  const options = read();
  if (options === undefined) return 0;
  const begun = performance.now();
  const onProgress = process.stdout.isTTY
    ? (played: number) => process.stdout.write(`\r${played} histories played`)
    : undefined;
  const outcome = await simulate({ ...options, onProgress });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${onProgress ? '\r' : ''}${outcome.played} histories played in ${seconds} s, `);
  process.stdout.write(
    outcome.failure === undefined ? `0 divergences (seed ${options.seed})\n` : '1 divergence\n',
  );
  if (outcome.failure !== undefined) process.stdout.write(explain(outcome.failure, options));
  return outcome.failure === undefined ? 0 : 1;
}

type Options = Omit<SimulateOptions, 'onProgress'>;

/** @returns undefined when only help was asked for. @throws for what cannot be used */
function read(): Options | undefined {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      weights: { type: 'string', default: 'usual' },
      variant: { type: 'string' },
      workers: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return undefined;
  }
  const { variant, path, workers } = values;
  return {
    histories: whole('histories', values.histories, 1),
    seed: whole('seed', values.seed, 0),
    path,
    weights: weightsIn(values.weights),
    variant,
    ...(workers === undefined ? {} : { workers: whole('workers', workers, 1) }),
  };
}

function weightsIn(text: string): Weights {
  const weights = WEIGHTS.find((one) => one === text);
  if (weights === undefined) throw new Error(`--weights "${text}" is none of: ${WEIGHTS.join(', ')}`);
  return weights;
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && Number.isSafeInteger(number)) return number;
  throw new Error(`--${name} "${text}" is not a whole number from ${least} on`);
}

function explain({ seed, path, history, wrong }: Failed, { weights, variant }: Options): string {
  const others = `${weights === undefined || weights === 'usual' ? '' : ` --weights ${weights}`}${variant ? ` --variant "${variant}"` : ''}`;
  const again = `npm run simulate -- --seed ${seed} --path ${path}${others}`;
  const steps = history?.steps.map((step) => `  ${JSON.stringify(step)}`) ?? [];
  const { steps: _, ...setUp } = history ?? { steps: [] };
  return [
    '',
    ...wrong,
    '',
    `in a world of ${JSON.stringify(setUp)}, after`,
    ...steps,
    '',
    `again: ${again}`,
    '',
  ].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
