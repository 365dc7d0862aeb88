import { QUEUES } from '@holdfast/core/model/queues.ts';
import type { Connection } from '../connection.ts';
import type { Failure, Failures } from '../json/failures.ts';
import { moment } from '../json/moment.ts';
import type { Kinds } from '../kind.ts';
import { type DeadLetter, deadLetters } from '../ports.ts';
import { explainMessage } from './explain-message.ts';

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
