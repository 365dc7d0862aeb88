import type { Command } from 'commander';
import type { SourceJson, Sources } from '../../operations/json/sources.ts';
import { importTroubles } from '../../operations/sources/import-trouble.ts';
import { listSources } from '../../operations/sources/list-sources.ts';
import { rpoTroubles } from '../../operations/sources/rpo.ts';
import { vaultTroubles } from '../../operations/sources/vault-pass.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { ago, bytes, count } from '../text/format.ts';
import { type Column, table } from '../text/table.ts';

type Options = { readonly all?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Lists what is protected: how its events arrive, what the vault holds of it, what is missing.',
    )
    .option('--all', 'also sources that are no longer protected and of which the vault holds copies')
    .addHelpText('after', helpText({ examples: ['holdfast sources', 'holdfast sources --all --json'] }))
    .action(act(sources));
}

async function sources(context: Context, { all }: Options): Promise<ExitCode> {
  const connection = await context.connect('reading');
  const found = await listSources(connection, context);
  const shown = found.filter(({ state }) => all || state !== 'unprotected');
  const answer: Sources = { sources: shown };
  context.output.answer(answer, () => tableOf(shown, connection.clock.now()));
  return EXIT.done;
}

const COLUMNS: readonly Column[] = [
  { title: 'SOURCE' },
  { title: 'STATE' },
  { title: 'WIRING' },
  { title: 'OBJECTS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'LAST EVENT' },
  { title: 'RECONCILED' },
  { title: 'UNPROTECTED', align: 'right' },
];

function tableOf(found: readonly SourceJson[], now: number): string[] {
  if (found.length === 0) return ['nothing is protected yet; begin with: holdfast protect s3://bucket'];
  const when = (moment: string | null) => ago(moment === null ? undefined : Date.parse(moment), now);
  const rows = found.map((one) => [
    coverageOf(one),
    one.state,
    one.state === 'unprotected' ? '-' : one.wiring,
    count(one.objects),
    bytes(one.bytes),
    when(one.lastEventAt),
    when(one.lastReconcileAt),
    count(one.unprotected),
  ]);
  return [...table(COLUMNS, rows), ...found.flatMap(remarks)];
}

function coverageOf({ source, prefix, include, exclude }: SourceJson): string {
  const filters = include.length + exclude.length > 0 ? ' (filtered)' : '';
  return `${source}${prefix === null ? '' : `/${prefix}`}${filters}`;
}

/** What needs somebody's attention. */
function remarks(one: SourceJson): string[] {
  const { source, wiringDetail, heldDeletions: held, unreachable } = one;
  return [
    ...(wiringDetail === null ? [] : [`${source}: ${wiringDetail}`]),
    ...(unreachable === null ? [] : [`${source} cannot be read: ${unreachable}`]),
    ...(held === null
      ? []
      : [
          `${source}: ${count(held.count)} deletions are held; look at the source, then run: holdfast approve ${source}`,
        ]),
    ...one.globChanges.map(
      ({ glob, change }) =>
        `${source}: the glob "${glob}": ${change}; if that is what you want, run holdfast protect again as before, else unprotect it first`,
    ),
    ...(one.slowGlobs === null
      ? []
      : [
          `${source}: its globs take up to ${count(one.slowGlobs.steps)} steps a key, and at most ${count(one.slowGlobs.most)} are taken now: keys that are meant to can slow its captures; unprotect it, then protect it with fewer or simpler globs (docs/globs.md)`,
        ]),
    ...rpoTroubles(one),
    ...vaultTroubles(one),
    ...importTroubles(one),
  ];
}
