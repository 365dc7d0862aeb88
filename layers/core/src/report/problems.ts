import type { Problem } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { count, counted } from '../model/text.ts';
import { visibleKey } from '../model/visible.ts';
import { meaningOf } from './advice.ts';
import { type Html, html, NOTHING } from './html.ts';

/** A page is read by people: the rest is in the report for programs. */
const PER_REASON = 100;
const MAX_DETAIL = 500;

/** What went other than wished, by reason. */
export function reasonsTable(report: Report): Html {
  const { reasons } = report;
  if (reasons.length === 0) return NOTHING;
  return html`<h2>Why</h2>
${cutShort(report)}<table><thead><tr><th class="n">Objects</th><th>Reason</th><th></th></tr></thead><tbody>
${reasons.map(({ reason, count: n }) => row(reason, n))}</tbody></table>
`;
}

/** The objects that went other than wished, under their reasons. */
export function problemLists({ reasons, problems }: Report): Html {
  if (reasons.length === 0) return NOTHING;
  const byReason = Map.groupBy(problems, ({ reason }) => reason);
  return html`<h2>Which objects</h2>
${reasons.map(({ reason, count: n }) => section(reason, n, byReason.get(reason) ?? []))}`;
}

/** What is to be known of objects that were brought back all the same, and of all of them. */
export function noteLists({ notes, remarks = [] }: Report): Html {
  if (notes === undefined && remarks.length === 0) return NOTHING;
  const byReason = Map.groupBy(notes?.listed ?? [], ({ reason }) => reason);
  return html`<h2>Not brought back, or good to know</h2>
${remarks.map(
  (remark) => html`<p class="note">${remark}</p>
`,
)}${(notes?.reasons ?? []).map(
  ({ reason, count: n }) => html`${section(reason, n, byReason.get(reason) ?? [])}${meaning(reason)}`,
)}`;
}

function meaning(reason: string): Html {
  const words = meaningOf(reason);
  return words === undefined
    ? NOTHING
    : html`<p class="note">${words}</p>
`;
}

function cutShort({ problemsCutShort }: Report): Html {
  if (problemsCutShort !== true) return NOTHING;
  return html`<p class="note">There were too many to read them all: these numbers are of those that were read.</p>
`;
}

function row(reason: string, n: number): Html {
  return html`<tr><td class="n">${count(n)}</td><td class="r"><code>${reason}</code></td><td>${meaningOf(reason) ?? ''}</td></tr>
`;
}

function section(reason: string, n: number, listed: readonly Problem[]): Html {
  const shown = [...listed.slice(0, PER_REASON)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const rest = n - shown.length;
  return html`<h3><code>${reason}</code>: ${counted(n, 'object')}</h3>
<ul class="keys">
${shown.map(item)}</ul>
${rest > 0 ? html`<p class="note">and ${count(rest)} more: the JSON report beside this page has ${inJson(listed.length, n)}.</p>` : NOTHING}
`;
}

function inJson(listed: number, all: number): string {
  return listed >= all ? 'all of them' : `${count(listed)} of them; the job’s counters have all`;
}

function item({ key, detail }: Problem): Html {
  const why = detail === undefined ? NOTHING : html`<span><bdi>${short(detail)}</bdi></span>`;
  return html`<li><bdi class="key">${visibleKey(key)}</bdi>${why}</li>
`;
}

function short(text: string): string {
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL)} …`;
}
