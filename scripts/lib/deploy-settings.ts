import type { FunctionConcurrency } from './lambda-quota.ts';

/** Where `sam deploy` will deploy to, as far as its arguments and samconfig.toml say; what they leave out, AWS's settings say. */
export type DeploySettings = {
  readonly stack: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  /** Undefined when nobody says: then it is what the stack has. */
  readonly concurrency: FunctionConcurrency | undefined;
};

/**
 * Reads them as sam does: an argument comes before the configuration.
 *
 * @param args of `sam deploy`
 * @param samconfig the text of samconfig.toml
 */
export function deploySettings(args: readonly string[], samconfig: string): DeploySettings {
  const environment = option(args, '--config-env') ?? 'default';
  const of = (name: string) =>
    option(args, `--${name.replaceAll('_', '-')}`) ??
    configured(samconfig, `${environment}.deploy.parameters`, name) ??
    configured(samconfig, `${environment}.global.parameters`, name);
  const words = [
    ...args,
    configured(samconfig, `${environment}.deploy.parameters`, 'parameter_overrides') ?? '',
  ];
  return {
    stack: of('stack_name') ?? 'holdfast',
    region: of('region'),
    profile: of('profile'),
    concurrency: concurrencyIn(words.join(' ')),
  };
}

/** `--region eu-west-1` or `--region=eu-west-1`. */
function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  if (at >= 0) return args[at + 1];
  return args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** A line of a section of samconfig.toml: `region = "eu-west-1"`. */
function configured(toml: string, section: string, name: string): string | undefined {
  const lines = toml.split('\n');
  const start = lines.findIndex((line) => line.trim() === `[${section}]`);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('['));
  const line = rest.slice(0, end < 0 ? undefined : end).find((one) => one.split('=')[0]?.trim() === name);
  return line === undefined ? undefined : /=\s*"(.*)"\s*$/.exec(line)?.[1];
}

function concurrencyIn(words: string): FunctionConcurrency | undefined {
  const [, value] = /FunctionConcurrency["\\]*=["\\]*(SHARED|RESERVED|SMALL)\b/.exec(words) ?? [];
  return value as FunctionConcurrency | undefined;
}
