import type { Machine } from './machine.ts';

/** The whole report: what it was measured on, then one section after the other. */
export function composeReport(machine: Machine, sections: ReadonlyArray<readonly string[]>): string {
  const { cores, cpu, memoryGiB, kernel, versions } = machine;
  const lines = [
    '# Benchmarks',
    '',
    'Made by `npm run bench -- --write`; not edited by hand.',
    '',
    `${cores} cores (${cpu}), ${memoryGiB} GiB, ${kernel}. ${versions.join(', ')}.`,
    ...sections.flatMap((section) => ['', ...section]),
  ];
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
