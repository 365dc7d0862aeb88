import type { Bar, BarPart } from '../jobs/job-kind.ts';
import { bytes, count } from '../model/text.ts';
import { type Html, html, NOTHING } from './html.ts';

const WIDTH = 1000;
/** One object among millions must be seen as well. */
const LEAST = 6;

/** A bar of a report: what became of how many objects. */
export function chart({ title, parts }: Bar): Html {
  const shown = parts.filter(({ n }) => n > 0);
  if (shown.length === 0) return NOTHING;
  const label = `${title}: ${shown.map((one) => `${count(one.n)} ${one.label}`).join(', ')}`;
  return html`<h2>${title}</h2>
<svg viewBox="0 0 ${WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="${label}">${rectangles(shown)}</svg>
<ul class="legend">${shown.map(legend)}</ul>
`;
}

function rectangles(parts: readonly BarPart[]): Html[] {
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

function legend({ label, shade, n, bytes: size }: BarPart): Html {
  const words = size === undefined ? label : `${label} (${bytes(size)})`;
  return html`<li><span class="dot s-${shade}"></span><b>${count(n)}</b> ${words}</li>`;
}
