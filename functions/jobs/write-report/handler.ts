import { snsClient } from '@holdfast/core/aws/clients.ts';
import { putText } from '@holdfast/core/aws/s3-put.ts';
import { SnsNotices } from '@holdfast/core/aws/sns-notices.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { writeReport } from '@holdfast/core/report/write-report.ts';
import { notifyTopic } from '@holdfast/core/runtime/config.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(
  process.env,
  (s3): Pick<ObjectStore, 'put'> => ({ put: (place, text, type) => putText(s3, place, text, type) }),
);
const topic = notifyTopic(process.env);
const told = topic === undefined ? {} : { notices: new SnsNotices(snsClient(), topic) };
const world = { ...own.world, ...told, jobKinds: JOBS };

/** Writes the reports of jobs that ended, and tells of them. */
export const handler = messageHandler((body, delivery) => writeReport(body, delivery, world), own);
