import { parseArgs } from 'node:util';
import { ensureCloud, resetCloud, stopCloud } from './lib/cloud.ts';
import { cloudText, statusText, stoppedText } from './lib/cloud-output.ts';
import { cloudStatus } from './lib/cloud-status.ts';
import { isDiskFull } from './lib/disk.ts';
import { CloudError, CloudUsageError } from './lib/errors.ts';

const USAGE = `Usage: node scripts/cloud.ts <verb> [--json]

  up      start the local cloud and deploy the stack into it; prints what to export
  status  what is running and deployed
  reset   empty it and deploy again
  down    stop it

  --json  up, reset, status: one JSON object on standard output

  HOLDFAST_CLOUD_PORT  its port (4566)
  HOLDFAST_CLOUD_AUTH  on or off: whether it enforces IAM (on)
  HOLDFAST_PYTHON      the Python to run it with (python3)
  AWS_ENDPOINT_URL     an AWS-compatible endpoint of yours to use instead; it is never stopped`;

type Verb = (json: boolean) => Promise<string>;

const VERBS: Readonly<Record<string, Verb>> = {
  up: async (json) => cloudText(await ensureCloud(), process.env, json),
  reset: async (json) => cloudText(await resetCloud(), process.env, json),
  status: async (json) => statusText(await cloudStatus(), json),
  down: async () => stoppedText(await stopCloud(), process.env),
};

async function perform(args: readonly string[]): Promise<string> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return USAGE;
  const [name = '', ...more] = positionals;
  const verb = more.length === 0 && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!verb) throw new CloudUsageError(`no such verb: '${positionals.join(' ')}'`, { detail: USAGE });
  return verb(values.json ?? false);
}

/** One line that says what to do, then the output of the tool that failed; the exit code is 1, or 2 for bad usage. */
function explain(error: unknown): number {
  const full = isDiskFull(error) ? 'the disk is full: ' : '';
  process.stderr.write(`cloud: ${full}${error instanceof Error ? error.message : error}\n`);
  if (error instanceof CloudError && error.detail) process.stderr.write(`${error.detail}\n`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof CloudUsageError || code.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));

try {
  process.stdout.write(`${await perform(process.argv.slice(2))}\n`);
} catch (error) {
  process.exitCode = explain(error);
}
