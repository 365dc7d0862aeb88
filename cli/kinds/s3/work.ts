import { parseBacklogMessage, type ReconcileMessage } from '@holdfast/core/kinds/s3/model/bucket-messages.ts';
import { parseReconcileQueue } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { readsAcls } from '@holdfast/core/model/source.ts';
import type { Explanation, Work } from '@holdfast/core/source/work.ts';
import { bytes, counted, seconds } from '../../text/format.ts';
import { ofJob } from '../../text/of-job.ts';
import { visibleKey } from '../../text/visible.ts';

const MAX_OBJECTS = 5;
const BUCKET_QUEUES: readonly QueueName[] = ['capture', 'backlog', 'reconcile'];

/** What is done for buckets. */
export const s3Work: Work = {
  functions: { parameter: 'Buckets', queues: BUCKET_QUEUES },
  explains: { capture: explainCapture, backlog: explainBacklog, reconcile: explainReconcile },
  comparisonQueue: 'reconcile',
  comparison: ({ source }, { deep, ...wish }) => ({
    queue: 'reconcile',
    message: {
      ...{ kind: 'reconcile', source, ...wish },
      ...(deep ? { deep } : {}),
    } satisfies ReconcileMessage,
  }),
  checkDeep: (source) => {
    if (source.tagChanges === true || readsAcls(source)) return;
    throw new InvalidInputError(
      `--deep compares tags and ACLs, and of ${source.source} no changes of either are captured: ` +
        'holdfast protect it again with --tags-changed on, or with --acls',
    );
  },
};

function explainCapture(body: string): Explanation {
  const changes = parseS3Event(body);
  const words = changes.map(({ bucket, key, kind, at }) => {
    const when = at === undefined ? '' : ` ${seconds(at)}`;
    return `${sourceUri(bucket)}/${visibleKey(key)} ${kind}${when}`;
  });
  return {
    what: words.length === 0 ? 'an event that changes nothing' : words.slice(0, MAX_OBJECTS).join('; '),
    objects: changes.slice(0, MAX_OBJECTS).map(({ bucket, key }) => ({ source: sourceUri(bucket), key })),
  };
}

function explainBacklog(body: string): Explanation {
  const message = parseBacklogMessage(body);
  if (message.kind === 'large-copy') {
    const { bucket, key, size } = message;
    const source = sourceUri(bucket);
    return {
      what: `large copy of ${source}/${visibleKey(key)} (${bytes(size)})`,
      objects: [{ source, key }],
    };
  }
  const { source, items, jobId } = message;
  return {
    what: `capture of ${counted(items.length, 'object')} of ${source}${ofJob(jobId)}`,
    objects: items.slice(0, MAX_OBJECTS).map(({ key }) => ({ source, key })),
  };
}

function explainReconcile(body: string): Explanation {
  const message = parseReconcileQueue(body);
  if (message.kind === 'pulse') return { what: `hourly check of ${message.source}`, objects: [] };
  const { source, trigger, jobId, step } = message;
  const part = step?.after === undefined ? '' : `, from "${visibleKey(step.after)}" on`;
  return { what: `reconcile of ${source}, ${trigger}${part}${ofJob(jobId)}`, objects: [] };
}
