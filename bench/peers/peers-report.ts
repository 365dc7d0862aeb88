import type { Results } from './contest.ts';
import { contestTables, type Tools } from './contest-report.ts';
import type { PhaseName } from './contestant.ts';
import type { PeersOptions } from './peers.ts';

export type PeersResult = PeersOptions & {
  readonly results: Results<PhaseName>;
  readonly tools: Tools;
};

const TITLES: Readonly<Record<PhaseName, string>> = {
  first: 'First full backup',
  unchanged: 'Nothing changed',
  changed: '1 % changed, 1 % deleted',
};

/** The section on peers, in Markdown. */
export function peersSection({ objects, repeat, results, tools }: PeersResult): string[] {
  return [
    '## Beside its peers',
    '',
    `One bucket of ${objects.toLocaleString('en-US')} objects of 1 KiB, copied into another bucket of the same local`,
    `cloud through the same counting proxy, one tool after the other; medians of ${repeat} (and the range of wall times),`,
    'new buckets and another order each time. After each backup every copy is compared with its source. CPU and memory',
    'are those of the tool: for Holdfast of its command and of all function processes that worked; the endpoint is not in',
    'them. Busy is the share of its time in which the emulator, one Python process, was computing: near 100 % the wall',
    'time is the emulator’s, and requests and CPU time say more. It checks each request’s rights, which takes it longer',
    'for a function’s role than for the peers, which are its root user.',
    '',
    'Holdfast’s first backup and changes are found by a reconcile here, as a peer would; usually events bring them, see',
    'above. It keeps every version and a catalog, which the peers do not.',
    '',
    ...contestTables({ titles: TITLES, results, tools, objects }),
  ];
}
