import { QUEUES } from '@holdfast/core/model/queues.ts';
import type { Redriven } from '../../operations/json/failures.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError, describeError } from '../errors.ts';
import { counted } from '../text/format.ts';

/** Sends all dead letters back to their queues. @throws {CommandError} saying how far it came */
export async function redriveAll(
  { queues }: Connection,
  { output, onInterrupt }: Context,
): Promise<Redriven> {
  onInterrupt('what was sent back is being worked on; run the same command again for the rest');
  const redriven: Redriven['redriven'] = [];
  let total = 0;
  for (const queue of QUEUES) {
    const before = total;
    try {
      await queues.redrive(queue, (moved) => {
        total = before + moved;
        output.progress(`${counted(total, 'message')} sent back`);
      });
    } catch (cause) {
      const { message, kind } = describeError(cause);
      throw new CommandError(
        `${counted(total, 'message')} sent back, then ${queue} failed: ${message}`,
        kind,
        { cause },
      );
    }
    if (total > before) redriven.push({ queue, messages: total - before });
  }
  return { redriven, total };
}
