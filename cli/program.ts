import { Command, Option } from 'commander';
import { skewSeconds } from '../operations/clock-skew.ts';
import type { ServiceClock } from '../operations/service-clock.ts';
import type { Act } from './command.ts';
import type { Connection, Context, Deps, GlobalOptions } from './context.ts';
import { CommandError } from './errors.ts';
import type { ExitCode } from './exit-codes.ts';
import { Output } from './output.ts';
import packageJson from './package.json' with { type: 'json' };
import { COMMANDS } from './registry.ts';
import { duration } from './text/format.ts';

export type ProgramOptions = {
  readonly deps: Deps;
  readonly onExit: (code: ExitCode) => void;
  readonly onInterruptHint: (hint: string) => void;
  readonly onOwnInterrupt: () => void;
  readonly argv: readonly string[];
};

/** Describes the command line. Parsing it, with `parseAsync`, runs the command. */
export function buildProgram(options: ProgramOptions): Command {
  const { deps } = options;
  const program = globalOptions(new Command('holdfast'))
    .description(
      'Near-real-time, immutable, versioned backup of S3 buckets and WorkDocs sites, and restore of any of it to any moment.',
    )
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
      // Told by runCli, as every other error.
      outputError: () => {},
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', GENERAL_HELP)
    .exitOverride();
  for (const [name, { summary }] of Object.entries(COMMANDS)) program.command(name).description(summary);
  const act = actor(program, options);
  return program.hook('preSubcommand', async (_, command) => {
    const module = await COMMANDS[command.name()]?.load();
    module?.define(command, act);
  });
}

const GENERAL_HELP = `
Every command has its own --help, with examples.

Exit codes:
  0    done
  1    failed
  2    usage or bad input
  3    partly done
  130  interrupted`;

function globalOptions(program: Command): Command {
  return program
    .addOption(new Option('--stack <name>', 'the core stack').env('HOLDFAST_STACK').default('holdfast'))
    .option('--region <region>', 'AWS region')
    .option('--profile <name>', 'AWS profile')
    .option('--endpoint-url <url>', "an AWS-compatible endpoint in place of AWS's own")
    .option('--json', 'answer in JSON (docs/cli.md)');
}

function actor(program: Command, options: ProgramOptions): Act {
  const { deps, onExit } = options;
  return (work) =>
    async (...args) => {
      const globals = program.opts<GlobalOptions>();
      const output = new Output(deps, deps.progress, globals.json ?? false);
      const context: Context = {
        kinds: deps.kinds,
        jobKinds: deps.jobKinds,
        zone: deps.zone(),
        pause: deps.pause,
        random: deps.random,
        ...(deps.ask === undefined ? {} : { ask: deps.ask }),
        output,
        connect: connectOnce(() => deps.connect(globals), output, deps),
        connectBuckets: () => deps.connectBuckets(globals),
        connectSite: (place) => deps.connectSite(globals, place),
        onInterrupt: options.onInterruptHint,
        ownInterrupt: () => {
          options.onOwnInterrupt();
          return deps.interrupt;
        },
        whenUnread: deps.whenUnread,
        argv: options.argv,
      };
      onExit(await work(context, ...args));
    };
}

/** One connection for a command, however many of its parts ask for it: it began when AWS was first asked. */
function connectOnce(
  connect: () => Promise<Connection>,
  output: Output,
  { whenUnread }: Pick<Deps, 'whenUnread'>,
): Context['connect'] {
  let connected: Promise<Connection> | undefined;
  const begin = async () => {
    const connection = await connect();
    const note = skewNote(connection.clock);
    if (note !== undefined) output.note(note);
    return connection;
  };
  return async (purpose) => {
    connected ??= begin();
    const connection = await connected;
    if (purpose === 'writing') {
      refuseSkewed(connection.clock);
      whenUnread('go-on');
    }
    return connection;
  };
}

/** A machine that is wrong by more than this is not trusted to change anything. */
const REFUSED_MS = 3 * 60_000;

type Skew = Pick<ServiceClock, 'skewMs'>;

/** What a person should know of this machine's clock; undefined when it is right. */
export function skewNote(skew: Skew): string | undefined {
  if (skewSeconds(skew) === null) return undefined;
  return `the clock of this machine is ${words(skew.skewMs)} AWS's: moments are reckoned by AWS's`;
}

/** Refuses to write or delete by the word of a machine whose clock is far off. @throws {CommandError} */
export function refuseSkewed({ skewMs }: Skew): void {
  if (Math.abs(skewMs) <= REFUSED_MS) return;
  throw new CommandError(
    `the clock of this machine is ${words(skewMs)} AWS's: nothing is written or deleted from a machine whose clock is ` +
      `more than ${duration(REFUSED_MS)} off; nothing was changed; set the clock, and say it again`,
  );
}

function words(skewMs: number): string {
  return `${duration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'}`;
}
