import type { Problem } from '../model/job.ts';
import { tableOf } from '../model/named-values.ts';
import type { Report } from '../model/report.ts';
import { count, counted } from '../model/text.ts';
import { visibleKey } from '../model/visible.ts';
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

/** What a reason means, and what helps. Reasons that are not here speak for themselves in their details. */
const REASONS = tableOf({
  conflict: 'Another object is at the target and was left alone. --overwrite replaces it.',
  archived: 'The object is in an archive class and has to be thawed before it can be read.',
  'access-denied':
    'A right is missing: at the source, the target, or for a KMS key. Or the bucket belongs to another account now.',
  'customer-key': 'Encrypted with a key that only its owner has (SSE-C): nobody else can read it.',
  'key-too-long': 'The key is longer than S3 allows, once the target’s prefix stands before it.',
  'not-in-vault':
    'Nothing of it was captured, or it has expired. holdfast status shows what is not protected.',
  'vault-unreadable': 'The vault did not give out this copy.',
  'not-found': 'The object, or its copy, was not there any more.',
  'no-such-bucket': 'The bucket does not exist.',
  'precondition-failed': 'Somebody else wrote there at the same time. Doing it again looks anew.',
  throttled: 'AWS refused too many requests. Doing it again later helps.',
  unavailable: 'AWS did not answer as it should. Doing it again later helps.',
  wrong: 'These bytes are not those that were recorded.',
  missing: 'The catalog names a copy that the vault does not have.',
  foreign: 'Somebody put it there, or a handler died before it recorded it: a restore would bring it back.',
  hidden: 'Somebody put a delete marker on the copy: a restore of now leaves it out, and it expires.',
  'no-record': 'Somebody put it there: no record of a site is named so.',
  unverifiable: 'As long as it should be; nothing is recorded to compare its bytes with.',
  'key-empty':
    'Nothing is left of the key at the target, and it has content. Give the target a prefix, or strip less.',
  'not-deleted': 'It is beyond what was restored, and could not be deleted.',
  'held-deletions': 'More would have been deleted than the request allows: nothing was.',
  failed: 'All attempts failed. Doing it again tries anew.',
  encryption: 'Objects are encrypted as the target bucket does it by default. Their bytes are the same.',
  acl: 'Who else may read these objects is not as it was. Look at the ACLs, and at what the target bucket blocks.',
  'acl-unreadable': 'Its bytes are in the vault. A restore with ACLs gives it the default one, and says so.',
  lock: 'Put retention and legal holds on again where they are still needed.',
  'storage-class': 'This class cannot be asked for here. A lifecycle rule, or a copy, can move the objects.',
  'origin-unknown':
    'If it was in another class, locked or encrypted with a KMS key, that is not known any more.',
  'in-archive':
    'It was in an archive, and is in one again. --storage-class STANDARD brings it back readable.',
  corrupt:
    'Its bytes are not what the zip says, or a table is none any more. Another copy of the zip may be whole.',
  'damaged-zip': 'The zip is not whole. What stands before the damage is imported.',
  encrypted: 'Unpack it with its password, and keep what comes out of it.',
  'unsafe-name': 'Its name would lead out of its folder: nothing of it was kept.',
  'zip-bomb': 'It says that it unpacks to far more than files do.',
  overlapping: 'It shares its bytes with other entries: a trick by which a small zip seems large.',
  'not-a-zip': 'It lies beside the zips, and is none: keep it by protecting the bucket, if it is wanted.',
  'not-attached': 'What a table says of it is in the table, which is a document of the user.',
  changed: 'The zip was replaced or went while it was read. Importing again reads it as it is now.',
  'not-listed': 'Too many to list in one row of the catalog; all are counted.',
});

export function meaningOf(reason: string): string | undefined {
  return REASONS.get(reason);
}
