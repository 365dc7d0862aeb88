import type { AddHelpTextContext } from 'commander';

type Help = {
  readonly examples: readonly string[];
  /** More to know than the description tells. */
  readonly notes?: string;
  /** What this command means by exit codes beyond the usual ones. */
  readonly exits?: Readonly<Record<number, string>>;
};

const USUAL_EXITS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed',
  2: 'usage or bad input',
  130: 'interrupted',
};

const WIDTH = 80;

/** What stands below the options in a command's --help. */
export function helpText({ examples, notes, exits }: Help): (context: AddHelpTextContext) => string {
  const codes = Object.entries({ ...USUAL_EXITS, ...exits }).map(
    ([code, words]) => `  ${code.padEnd(5)}${words}`,
  );
  return ({ command }) =>
    [
      ...(notes === undefined ? [] : ['', command.createHelp().boxWrap(notes, WIDTH)]),
      '',
      'Examples:',
      ...examples.map((example) => `  $ ${example}`),
      '',
      'Exit codes:',
      ...codes,
    ].join('\n');
}
