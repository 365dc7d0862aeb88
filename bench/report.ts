import type { Machine } from './machine.ts';
import { SECTION_NAMES, type SectionName } from './options.ts';

/** The report's sections, each as it was last measured. */
export type Sections = ReadonlyMap<SectionName, string>;

const HEAD = `# Benchmarks

Made by \`npm run bench -- --write\`; not edited by hand. Each section says when it was measured, and on what.
`;
/** Nobody sees it in Markdown shown; it tells where a section begins in the file. */
const MARK = /^<!-- section: (.+) -->\n/m;

/** A section as the report has it: below its heading, when and on what it was measured. @param day as `2026-01-31` */
export function dated([heading = '', ...lines]: readonly string[], machine: Machine, day: string): string {
  const { cores, cpu, memoryGiB, kernel, versions, load } = machine;
  // Below half of the cores, what is measured has one of its own at nearly all times.
  const busy =
    load > cores / 2 ? ` **On a busy machine** (load ${load.toFixed(1)}): wall times are too long.` : '';
  const measured = `Measured ${day}: ${cores} cores (${cpu}), ${memoryGiB} GiB, ${kernel}. ${versions.join(', ')}.`;
  const text = [heading, '', `*${measured}*${busy}`, '', ...lines].join('\n');
  return text.replaceAll(/\n{3,}/g, '\n\n').trim();
}

/** The whole report, its sections in their order whatever was measured first. */
export function composeReport(sections: Sections): string {
  const known = SECTION_NAMES.flatMap((name) => {
    const text = sections.get(name);
    return text === undefined ? [] : [`\n<!-- section: ${name} -->\n\n${text}\n`];
  });
  return [HEAD, ...known].join('');
}

/** The sections in the text of a report; those that are no longer made are dropped. */
export function readReport(text: string): Map<SectionName, string> {
  const [, ...parts] = text.split(MARK);
  const sections = new Map<SectionName, string>();
  for (let at = 0; at < parts.length; at += 2) {
    const name = SECTION_NAMES.find((known) => known === parts[at]);
    if (name !== undefined) sections.set(name, (parts[at + 1] ?? '').trim());
  }
  return sections;
}
