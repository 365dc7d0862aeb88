import type { Report } from '../model/report.ts';
import { bytes, count } from '../model/text.ts';
import { isCrawl, listedOf } from './crawl-counts.ts';
import { type Html, html, NOTHING } from './html.ts';

type Shade = 'ok' | 'same' | 'warn' | 'bad' | 'rest';
type Part = { readonly label: string; readonly shade: Shade; readonly n: number; readonly bytes?: number };
type Counts = Report['counts'];

const of = (counts: Counts, name: string): number => Math.max(0, counts[name] ?? 0);
const part = (counts: Counts, shade: Shade, name: string, label: string): Part => {
  const size = of(counts, `${name}Bytes`);
  return { shade, label, n: of(counts, name), ...(size > 0 ? { bytes: size } : {}) };
};

const RESTORE: ReadonlyArray<readonly [Shade, string, string]> = [
  ['ok', 'restored', 'restored'],
  ['same', 'right', 'already right'],
  ['warn', 'conflicts', 'differed, left alone'],
  ['warn', 'thawing', 'being thawed'],
  ['bad', 'failed', 'failed'],
];
const RECONCILE: ReadonlyArray<readonly [Shade, string, string]> = [
  ['ok', 'captured', 'captured now'],
  ['warn', 'copying', 'being copied in parts'],
  ['warn', 'waiting', 'archived'],
  ['bad', 'unprotected', 'not protected'],
  ['bad', 'failed', 'failed'],
];
const IMPORT: ReadonlyArray<readonly [Shade, string, string]> = [
  ['ok', 'imported', 'imported'],
  ['same', 'unchanged', 'there already'],
  ['bad', 'failed', 'failed'],
];
const VERIFY: ReadonlyArray<readonly [Shade, string, string]> = [
  ['ok', 'right', 'as recorded'],
  ['warn', 'archived', 'archived, not read'],
  ['warn', 'unverifiable', 'with nothing to compare'],
  ['bad', 'wrong', 'not what was recorded'],
  ['bad', 'missing', 'missing'],
  ['bad', 'failed', 'could not be read'],
];

/** The bars of a report: what became of how many objects. */
export function charts({ kind, counts }: Report): Html {
  if (kind === 'restore') return bar('Objects', filled(counts, RESTORE, 'planned', 'not reached', 'rest'));
  if (kind === 'verify')
    return bar('Versions read', filled(counts, VERIFY, 'sampled', 'expired meanwhile', 'rest'));
  if (kind === 'import')
    return bar('Entries of the export', filled(counts, IMPORT, 'entries', 'not reached', 'rest'));
  if (isCrawl(counts)) return html`${listedBar(counts)}${missingBar(counts)}`;
  const compared = filled(counts, RECONCILE, 'objects', 'as the backup has them', 'same');
  return html`${bar('Objects at the source', compared)}${missingBar(counts)}`;
}

/** The parts of a whole, and what is left of it. */
function filled(
  counts: Counts,
  parts: ReadonlyArray<readonly [Shade, string, string]>,
  whole: string,
  restLabel: string,
  restShade: Shade,
): Part[] {
  const known = parts.map(([shade, name, label]) => part(counts, shade, name, label));
  const rest = of(counts, whole) - known.reduce((sum, { n }) => sum + n, 0);
  return [...known, { shade: restShade, label: restLabel, n: Math.max(0, rest) }];
}

/** What a site listed: users, folders and documents. */
function listedBar(counts: Counts): Html {
  const whole = { ...counts, listed: listedOf(counts) };
  return bar('Listed at the site', filled(whole, RECONCILE, 'listed', 'as the backup has them', 'same'));
}

/** What the backup has and the source has no more. */
function missingBar(counts: Counts): Html {
  const gone = of(counts, 'gone');
  if (gone === 0) return NOTHING;
  const deleted = of(counts, 'deleted');
  return bar('Objects in the backup', [
    { shade: 'same', label: 'still at the source', n: Math.max(0, of(counts, 'entries') - gone) },
    { shade: 'warn', label: 'missing at the source', n: Math.max(0, gone - deleted) },
    { shade: 'rest', label: 'deleted there, and marked so', n: deleted },
  ]);
}

const WIDTH = 1000;
/** One object among millions must be seen as well. */
const LEAST = 6;

function bar(title: string, parts: readonly Part[]): Html {
  const shown = parts.filter(({ n }) => n > 0);
  if (shown.length === 0) return NOTHING;
  const label = `${title}: ${shown.map((one) => `${count(one.n)} ${one.label}`).join(', ')}`;
  return html`<h2>${title}</h2>
<svg viewBox="0 0 ${WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="${label}">${rectangles(shown)}</svg>
<ul class="legend">${shown.map(legend)}</ul>
`;
}

function rectangles(parts: readonly Part[]): Html[] {
  const total = parts.reduce((sum, { n }) => sum + n, 0);
  const free = WIDTH - LEAST * parts.length;
  let x = 0;
  return parts.map(({ n, shade }) => {
    const width = LEAST + (free * n) / total;
    const rect = html`<rect class="s-${shade}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="28"/>`;
    x += width;
    return rect;
  });
}

function legend({ label, shade, n, bytes: size }: Part): Html {
  const words = size === undefined ? label : `${label} (${bytes(size)})`;
  return html`<li><span class="dot s-${shade}"></span><b>${count(n)}</b> ${words}</li>`;
}
