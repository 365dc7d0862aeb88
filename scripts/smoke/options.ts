import { parseArgs } from 'node:util';
import { PLANTS, type Plant } from './plants.ts';

export const USAGE = `Usage: npm run smoke -- [options]

Proves in about ten minutes that Holdfast works in the account that your AWS settings lead to: it deploys a stack of a name
of its own with small thresholds, makes buckets, protects, changes, deletes, restores, verifies, rebuilds the catalog,
tries what has to be refused, and takes all of it away again, also when something failed or you interrupt it. It prints a
line for each assertion, and writes a report. It says first what it may cost, and asks.

  --local               on the local cloud, which it brings up: what the emulator cannot show is skipped by name
  --keep                leave everything there, and say what to delete
  --report <file>       where the report goes, in JSON; .holdfast/smoke/<stack>.json unless told
  --parameter <N=value> a parameter of the template in place of the smoke's own; can be repeated. LockMode=COMPLIANCE is
                        refused: nobody could take its vault away again
  --plant <what>        spoil something on purpose, to see that it is noticed: ${PLANTS.join(', ')}; can be repeated
  --yes                 do not ask

Account, region and credentials are found as every AWS tool finds them; AWS_ENDPOINT_URL names an emulator. Exit codes: 0 all
assertions hold, 1 some do not, 2 bad usage, 130 interrupted.`;

export type SmokeOptions = {
  readonly local: boolean;
  readonly keep: boolean;
  readonly yes: boolean;
  readonly report: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly plants: ReadonlySet<Plant>;
};

/** A call that cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line. @returns nothing when help is asked for @throws {UsageError} naming what is wrong */
export function readOptions(args: readonly string[]): SmokeOptions | undefined {
  const { values } = parsed(args);
  if (values.help) return undefined;
  return {
    local: values.local,
    keep: values.keep,
    yes: values.yes,
    report: values.report,
    parameters: parametersOf(values.parameter),
    plants: new Set(values.plant.map(plantOf)),
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const many = { type: 'string', multiple: true, default: [] as string[] } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        local: flag,
        keep: flag,
        yes: { ...flag, short: 'y' },
        report: { type: 'string' },
        parameter: many,
        plant: many,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Whom `sam deploy` would read as several words, or as another parameter. */
const VALUE = /^[^\s"'=]*$/;

function parametersOf(pairs: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([A-Za-z0-9]+)=(.*)$/.exec(pair) ?? [];
    if (name === '' || !VALUE.test(value))
      throw new UsageError(`--parameter "${pair}" is not of the form Name=value`);
    parameters[name] = value;
  }
  if (parameters['LockMode']?.toUpperCase() === 'COMPLIANCE')
    throw new UsageError(
      'LockMode=COMPLIANCE is refused: nobody, AWS included, could delete what the smoke test puts into the vault. Use GOVERNANCE',
    );
  if (Object.hasOwn(parameters, 'RestoreSenders'))
    throw new UsageError('RestoreSenders is set by the smoke test itself: leave it out');
  return parameters;
}

function plantOf(text: string): Plant {
  const plant = PLANTS.find((name) => name === text);
  if (plant === undefined) throw new UsageError(`--plant "${text}" is none of ${PLANTS.join(', ')}`);
  return plant;
}
