import { resolve } from 'node:path';
import { MAX_TREE_DOCUMENTS } from '@holdfast/core/model/tree-bound.ts';
import { checkoutVenv } from '../../scripts/lib/checkout-venv.ts';
import { table } from '../markdown.ts';
import { type CommandUse, measureCommand } from '../measure/measured-command.ts';
import type { ReadTree } from './site-probe.ts';

const PROBE = resolve(import.meta.dirname, 'site-probe.ts');

type MeasuredTree = ReadTree &
  Pick<CommandUse, 'seconds' | 'cpuSeconds' | 'peakMiB'> & { readonly what: string };

/** What reading the tree of a WorkDocs site takes. */
export async function restoreSite(): Promise<string[]> {
  const { python } = await checkoutVenv();
  const trees: MeasuredTree[] = [];
  for (const [what, documents] of [
    ['read', 1_000],
    ['read', 100_000],
    ['read', 1_000_000],
    ['plan', MAX_TREE_DOCUMENTS],
  ] as const) {
    const argv = [process.execPath, PROBE, String(documents), what];
    const { output, ...use } = await measureCommand({ argv, env: withoutWarnings() }, python);
    trees.push({ what, ...use, ...(JSON.parse(output) as ReadTree) });
  }
  return siteSection(trees);
}

function withoutWarnings(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_NO_WARNINGS: '1' };
}

function siteSection(trees: readonly MeasuredTree[]): string[] {
  return [
    '## The tree of a WorkDocs site',
    '',
    'What `ls workdocs://…` and every restore of a site begin with, in a process of its own: `read` is the tree as the command line',
    `reads it, \`plan\` the one step in which a function does, and sends the objects on (${MAX_TREE_DOCUMENTS.toLocaleString('en-US')} at most). The vault makes records and`,
    'pages of listings as they are asked for, with ids as long as WorkDocs’ own, in the same process: S3’s answers come on top of',
    'the time, 32 at a time; so does the SDK, on top of both.',
    '',
    ...table(
      ['', 'documents', 'GET', 'LIST', 'seconds', 'CPU', 'peak memory'],
      trees.map(({ what, documents, gets, listings, seconds, cpuSeconds, peakMiB }) => [
        what,
        ...[documents, gets, listings].map((n) => n.toLocaleString('en-US')),
        `${seconds.toFixed(1)} s`,
        `${cpuSeconds.toFixed(1)} s`,
        `${peakMiB.toFixed(0)} MiB`,
      ]),
    ),
  ];
}
