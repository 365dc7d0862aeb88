import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { messageOf } from '@holdfast/core/model/errors.ts';
import { parseJson } from '@holdfast/core/model/json.ts';
import {
  parsePlanStep,
  parseReportMessage,
  parseRestoreWork,
  ResumeMessageSchema,
} from '@holdfast/core/model/messages.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { QUEUES } from '@holdfast/core/model/queues.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { parseS3Notification } from '@holdfast/core/model/s3-notification.ts';
import { counted } from '@holdfast/core/model/text.ts';
import { visibleKey } from '@holdfast/core/model/visible.ts';
import type { Explain, Explanation } from '@holdfast/core/source/work.ts';
import * as v from 'valibot';
import type { Connection } from '../connection.ts';
import type { Failure, Failures } from '../json/failures.ts';
import { moment } from '../json/moment.ts';
import type { Kinds } from '../kind.ts';
import { type DeadLetter, deadLetters } from '../ports.ts';

/** Reads dead letters of all queues, the oldest first, with what the catalog says of their objects. */
export async function listFailures(
  limit: number,
  { queues, world }: Connection,
  { kinds }: Kinds,
): Promise<Failures> {
  const peeked = await Promise.all(QUEUES.map((queue) => queues.peek(queue, limit)));
  const letters = peeked.flat().sort((a, b) => a.sentAt - b.sentAt);
  const listed = letters.slice(0, limit);
  const failures: Failure[] = [];
  for (const letter of listed) failures.push(await toFailure(letter, world, kinds));
  const all = Math.max(letters.length, deadLetters(await queues.depths()));
  return { failures, further: all - listed.length };
}

async function toFailure(
  { queue, messageId, body, sentAt }: DeadLetter,
  { catalog }: Pick<Connection['world'], 'catalog'>,
  kinds: Kinds['kinds'],
): Promise<Failure> {
  const { what, readable, objects } = explainMessage(queue, body, kinds);
  const known = await Promise.all(objects.map(({ source, key }) => catalog.getEntry(source, key)));
  return {
    queue,
    messageId,
    sentAt: moment(sentAt),
    what,
    readable,
    objects: objects.map(({ source, key }, index) => {
      const { state = null, reason = null, detail = null } = known[index] ?? {};
      return { source, key, state, reason, detail };
    }),
  };
}

type All = Kinds['kinds'];
type Explained = Explanation & { readonly readable: boolean };

const MAX_KEYS = 5;

/** Puts the body of a message into words, by the parser that its handler uses. */
export function explainMessage(queue: QueueName, body: string, kinds: All): Explained {
  try {
    return { ...readerOf(queue, kinds)(body), readable: true };
  } catch (error) {
    return { what: `not understood: ${messageOf(error, 200)}`, readable: false, objects: [] };
  }
}

/** What no kind has for itself is about restores: their plans, by the queue of each kind's planner, and what they left. */
function readerOf(queue: QueueName, kinds: All): Explain {
  const own = kinds.all.map(({ work }) => work.explains[queue]).find((explain) => explain !== undefined);
  if (own !== undefined) return own;
  if (queue === 'report') return readReport;
  return queue === 'restoreWork' ? readRestoreWork : (body) => readRestore(body, kinds);
}

function readRestore(body: string, { addresses }: All): Explanation {
  const resumed = resumedBy(body);
  if (resumed !== undefined) return { what: `resumption of the restore ${resumed}`, objects: [] };
  try {
    const { jobId, after } = parsePlanStep(body);
    const part = after === undefined ? '' : `, from "${visibleKey(after)}" on`;
    return { what: `plan of the restore ${jobId}${part}`, objects: [] };
  } catch {
    const { source, prefix, target } = parseRestoreMessage(body, addresses);
    const from = `${source}/${visibleKey(prefix)}`;
    return {
      what: `restore of ${from} to ${sourceUri(target.bucket)}/${visibleKey(target.prefix)}`,
      objects: [],
    };
  }
}

/** The job that a message goes on with, if it is one that does. */
function resumedBy(body: string): string | undefined {
  const parsed = v.safeParse(ResumeMessageSchema, parseJson(body));
  return parsed.success ? parsed.output.resume : undefined;
}

function readRestoreWork(body: string): Explanation {
  if (isThawEvent(body)) return readThawed(body);
  const work = parseRestoreWork(body);
  if (work.kind === 'sweep') return { what: `look for thaws of ${work.jobId ?? 'all jobs'}`, objects: [] };
  const { jobId } = work;
  if (work.kind === 'extras') {
    const verb = work.pass === 'count' ? 'count' : 'deletion';
    return { what: `${verb} of what the target of the restore ${jobId} has too much`, objects: [] };
  }
  const what = work.kind === 'thaw' ? 'to thaw for' : 'of';
  return { what: `${counted(work.items.length, 'object')} ${what} the restore ${jobId}`, objects: [] };
}

/** The event that a copy in the vault can be read. */
function readThawed(body: string): Explanation {
  const keys = parseS3Notification(body).map(({ key }) => visibleKey(key));
  return { what: `${keys.slice(0, MAX_KEYS).join('; ')} in the vault was thawed`, objects: [] };
}

function isThawEvent(body: string): boolean {
  const json: unknown = JSON.parse(body);
  return typeof json === 'object' && json !== null && !('kind' in json);
}

function readReport(body: string): Explanation {
  return {
    what: `report of the job ${parseReportMessage(body).jobId}, and the notice of its end`,
    objects: [],
  };
}
