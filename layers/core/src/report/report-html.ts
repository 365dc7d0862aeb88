import type { Advice, Bar, BarPart, JobKind, JobKinds } from '../jobs/job-kind.ts';
import type { JobState } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { bytes, count } from '../model/text.ts';
import { facts } from './facts.ts';
import { constant, type Html, html, NOTHING } from './html.ts';
import { noteLists, problemLists, reasonsTable } from './problems.ts';
import { STYLE } from './style.ts';
import { verdict } from './words.ts';

type Mood = { readonly shade: 'ok' | 'warn' | 'bad' | 'info'; readonly sign: string };

const MOODS: Readonly<Record<JobState, Mood>> = {
  running: { shade: 'info', sign: '…' },
  done: { shade: 'ok', sign: '✓' },
  partial: { shade: 'warn', sign: '!' },
  failed: { shade: 'bad', sign: '✕' },
  cancelled: { shade: 'info', sign: '■' },
};

/** Nothing is loaded, run, sent or framed: a page of this file's own style and text, whoever's keys are in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A report as one page that needs nothing else: the verdict first, then what to do, then everything behind it. */
export function reportHtml(report: Report, jobKinds: JobKinds): string {
  const kind = jobKinds.of(report);
  const title = `${verdict(report, kind)}: ${kind.title} of ${report.source} (${report.jobId})`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${constant(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${constant(STYLE)}</style>
</head>
<body>
<header>
<p class="what">Holdfast · ${kind.title} of <bdi>${report.source}</bdi></p>
${verdictBox(report, kind)}
</header>
<main>
${advice(report.state === 'done' || report.state === 'running' ? [] : kind.advice(report))}
${kind.bars(report.counts).map(chart)}
${reasonsTable(report)}
<h2>What was asked, and when</h2>
${facts(report, kind)}
${problemLists(report)}
${noteLists(report)}
${numbers(report)}
</main>
<footer>Times are UTC. The same for programs is in the JSON report of the same name beside this page.</footer>
</body>
</html>
`;
  return page.toString();
}

function verdictBox(report: Report, kind: JobKind): Html {
  const { shade, sign } = MOODS[kind.isDamaged?.(report.counts) ? 'failed' : report.state];
  const why = report.message === undefined ? NOTHING : html`<p class="why">${report.message}</p>`;
  return html`<div class="verdict ${shade}">
<h1 class="${shade}"><span aria-hidden="true">${sign}</span> ${verdict(report, kind)}</h1>
<p>${kind.sentence(report)}</p>
${why}
</div>`;
}

function advice(steps: readonly Advice[]): Html {
  if (steps.length === 0) return NOTHING;
  return html`<section class="next"><h2>What to do</h2>
<ol>
${steps.map(step)}</ol></section>`;
}

function step({ words, command }: Advice): Html {
  return html`<li>${words}${command === undefined ? NOTHING : html`<code>${command}</code>`}</li>
`;
}

/** Every counter, by its own name: what the chart leaves out is here. */
function numbers({ counts }: Report): Html {
  const rows = Object.entries(counts).filter(([, n]) => n !== 0);
  if (rows.length === 0) return NOTHING;
  return html`<h2>All counters</h2>
<table><tbody>
${rows.map(
  ([
    name,
    n,
  ]) => html`<tr><td class="r"><code>${name}</code></td><td class="n">${amount(name, n)}</td><td></td></tr>
`,
)}</tbody></table>`;
}

function amount(name: string, n: number): string {
  return /bytes$/i.test(name) ? `${bytes(n)} (${count(n)})` : count(n);
}

const WIDTH = 1000;
/** One object among millions must be seen as well. */
const LEAST = 6;

/** A bar of a report: what became of how many objects. */
function chart({ title, parts }: Bar): Html {
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
