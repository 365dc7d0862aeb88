import type { JobKind } from '../jobs/job-kind.ts';
import type { AskedBy } from '../model/job.ts';
import { tableOf } from '../model/named-values.ts';
import type { Report } from '../model/report.ts';
import { bytes } from '../model/text.ts';
import { type Html, html } from './html.ts';
import { duration } from './words.ts';

type Fact = readonly [name: string, value: Html];
type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT = 2000;
const MAX_VALUES = 20;

/** What was asked, of whom, when, and how long it took. */
export function facts(report: Report, kind: JobKind): Html {
  const all = [...subject(report), ...asked(report), ...times(report, kind), ...options(report)];
  return html`<dl>${all.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>`;
}

function subject(report: Report): Fact[] {
  const request = fieldsOf(report.request);
  const found: Fact[] = [];
  if (report.source !== 'unknown') found.push(['Source', place(sourceOf(report, request))]);
  if (request['at'] !== undefined) found.push(['As of', html`${momentOf(request['at'])}`]);
  if (request['target'] !== undefined) found.push(['Target', place(placeOf(request['target']))]);
  if (request['rejected'] !== undefined)
    found.push(['Message', html`<pre>${short(String(request['rejected']))}</pre>`]);
  return found;
}

function sourceOf({ source }: Report, { prefix }: Fields): string {
  return typeof prefix === 'string' && prefix !== '' ? `${source}/${prefix}` : source;
}

function placeOf(target: unknown): string {
  if (typeof target === 'string') return target;
  const { bucket, prefix = '' } = fieldsOf(target);
  return bucket === undefined ? JSON.stringify(target) : `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

function asked({ askedBy, trigger, continues, jobId }: Report): Fact[] {
  const by = askedBy === undefined ? undefined : nameOf(askedBy);
  return [
    ['Asked by', html`${by ?? TRIGGERS.get(trigger) ?? trigger}`],
    ['Job', html`<code>${jobId}</code>`],
    ...(continues === undefined ? [] : [['Goes on with', html`<code>${continues}</code>`] as const]),
  ];
}

const TRIGGERS = tableOf({
  schedule: 'the daily schedule',
  message: 'a message',
  command: 'the command line',
});

/** A name is what the message says; the id in brackets is what SQS attests. */
function nameOf({ name, sender }: AskedBy): string | undefined {
  if (name === undefined) return sender;
  return sender === undefined ? name : `${name} (${sender})`;
}

function times(
  { startedAt, finishedAt, durationSeconds = 0, lagSeconds }: Report,
  { took }: JobKind,
): Fact[] {
  const found: Fact[] = [
    ['Began', time(startedAt)],
    ['Ended', time(finishedAt)],
    [took, html`${duration(durationSeconds)}`],
  ];
  if (lagSeconds !== undefined) {
    const words = `half within ${within(lagSeconds.p50)}, 99 % within ${within(lagSeconds.p99)}`;
    found.push(['Lag (RPO)', html`${words} of the change, since the last reconcile`]);
  }
  return found;
}

function within(seconds: number | null): string {
  return seconds === null ? 'more than an hour' : duration(seconds);
}

const TOLD_ELSEWHERE = new Set(['bucket', 'source', 'prefix', 'at', 'target', 'rejected', 'again']);

/** Everything else that was asked for, by the names of the message's fields. */
function options({ request }: Report): Fact[] {
  return Object.entries(fieldsOf(request))
    .filter(([name, value]) => !TOLD_ELSEWHERE.has(name) && !isNothing(value))
    .map(([name, value]) => [name, valueHtml(value)]);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '' || isEmpty(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function valueHtml(value: unknown): Html {
  if (!Array.isArray(value)) return code(value);
  const shown = value.slice(0, MAX_VALUES).map((one) => html`${code(one)}<br>`);
  const rest = value.length - shown.length;
  return html`${shown}${rest > 0 ? `and ${rest} more` : ''}`;
}

function code(value: unknown): Html {
  return html`<code>${short(typeof value === 'string' ? value : JSON.stringify(value))}</code>`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function momentOf(at: unknown): Html {
  return time(typeof at === 'number' ? new Date(at).toISOString() : String(at));
}

/** `2026-03-01T12:00:00.000Z` → `2026-03-01 12:00:00 UTC`. */
function time(iso: string): Html {
  const words = iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC');
  return html`<time datetime="${iso}">${words}</time>`;
}

function place(uri: string): Html {
  return html`<code><bdi>${uri}</bdi></code>`;
}

function short(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} … (${bytes(text.length)})`;
}
