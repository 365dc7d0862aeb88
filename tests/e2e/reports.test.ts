import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ReportSchema } from '@holdfast/core/model/report.ts';
import { parse } from 'parse5';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  catalog,
  depthOf,
  entryWith,
  eventually,
  finishedJob,
  givenBucket,
  givenProtectedBucket,
  holdfast,
  put,
  send,
  settled,
  store,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';

const sns = new SNSClient();
const sqs = new SQSClient();

/** A mailbox that hears what the stack's topic is told. */
async function givenSubscriber(): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'e2e-notices' }));
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `mailbox-${process.pid}-${Date.now().toString(36)}` }),
  );
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Endpoint = Attributes['QueueArn'] ?? '';
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: Endpoint,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    },
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  return QueueUrl;
}

type Notice = {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
};

/** Waits for the notice of one job. */
function noticeOf(jobId: string, QueueUrl: string): Promise<Notice> {
  return eventually(`the notice of ${jobId}`, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    const notices = await Promise.all(Messages.map((message) => take(message, QueueUrl)));
    return notices.find(({ MessageAttributes }) => MessageAttributes['job']?.Value === jobId);
  });
}

async function take({ Body = '{}', ReceiptHandle }: Message, QueueUrl: string): Promise<Notice> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return JSON.parse(Body);
}

async function reportOf(jobId: string) {
  const { report = '' } = await finishedJob(jobId);
  const read = (key: string) => textOf(vault, key).catch(() => undefined);
  const json = await eventually(`the report of ${jobId}`, () => read(report));
  const page = await eventually(`the page of ${jobId}`, () => read(report.replace(/json$/, 'html')));
  return { report: v.parse(ReportSchema, JSON.parse(json)), page };
}

describe('reports on the real template', () => {
  it('are written for programs and people, with who asked, and the topic is told', async () => {
    const mailbox = await givenSubscriber();
    const source = await givenProtectedBucket('reported');
    await put(source, '<img src=x onerror=alert(1)>', 'one');
    await put(source, 'b', 'two');
    await settled(source);
    const target = await givenBucket('holdfast-restore');
    await put(target, '<img src=x onerror=alert(1)>', 'another');
    const jobId = `reported-${Date.now()}`;
    const ran = await tryHoldfast(
      ...['restore', `s3://${source}`, '--to', `s3://${target}`, '--job-id', jobId, '--wait'],
    );
    expect(ran.code).toBe(3);

    const { report, page } = await reportOf(jobId);
    expect(report).toMatchObject({
      state: 'partial',
      askedBy: { name: expect.stringContaining('arn:aws:'), sender: expect.any(String) },
      reasons: [{ reason: 'conflict', count: 1 }],
    });
    expect(page).toContain('1 of 2 objects are in place; 1 differed and were left alone');
    expect(page).not.toContain('<img');
    expect(parse(page).childNodes.length).toBeGreaterThan(0);

    const notice = await noticeOf(jobId, mailbox);
    expect(notice.Subject).toBe(`Holdfast: Restore partly done: s3://${source} (${jobId})`);
    expect(notice.Message).toContain(`/reports/restore/`);
    expect(notice.MessageAttributes).toMatchObject({
      kind: { Value: 'restore' },
      state: { Value: 'partial' },
    });
    expect(JSON.parse(notice.MessageAttributes['details']?.Value ?? '{}')).toMatchObject({ jobId });
  });

  it('go on with a restore that left something, and tell of a job that is over', async () => {
    const source = await givenProtectedBucket('resumed');
    await put(source, 'a', 'one');
    await settled(source);
    const target = await givenBucket('holdfast-restore');
    await put(target, 'a', 'another');
    const jobId = `resumed-${Date.now()}`;
    await tryHoldfast('restore', `s3://${source}`, '--to', `s3://${target}`, '--job-id', jobId, '--wait');

    expect((await tryHoldfast('job', jobId, '--cancel', '--yes')).code).toBe(2);
    expect((await tryHoldfast('job', jobId, '--resume', '--wait')).code).toBe(3);
    expect((await reportOf(`${jobId}.2`)).report).toMatchObject({ continues: jobId, state: 'partial' });
    expect(await holdfast('job', jobId, '--resume')).toMatchObject({ jobId: `${jobId}.2` });
  });

  it('tell of a job that a person cancelled, whose messages are dropped', async () => {
    const source = await givenProtectedBucket('cancelled');
    await put(source, 'a', 'one');
    const { vaultKey, versionId } = await copyOf(source, 'a');
    const target = await givenBucket('holdfast-restore');
    const other = await givenBucket('holdfast-restore');
    const like = `like-${source}`;
    await holdfast('restore', `s3://${source}`, '--to', `s3://${other}`, '--job-id', like, '--wait');
    const jobId = `cancelled-${source}`;
    const { finishedAt: _f, report: _r, ...row } = await finishedJob(like);
    const request = { ...(row.request as object), target: { bucket: target, prefix: '' } };
    await catalog.createJob({ ...row, id: jobId, request, state: 'running', openRanges: 1, counts: {} });

    await holdfast('job', jobId, '--cancel', '--yes');
    const items = [{ key: 'a', vaultKey, versionId }];
    await send('restoreWork', { kind: 'restore', jobId, batch: '0.0', items });
    await eventually('the queue to be empty', async () => (await depthOf('restoreWork')) === 0);

    const { report, page } = await reportOf(jobId);
    expect(report).toMatchObject({ state: 'cancelled', counts: {} });
    expect(report.message).toContain(`holdfast job ${jobId} --resume`);
    expect(page).toContain('Cancelled');
    expect((await store.list({ bucket: target })).objects).toEqual([]);
    expect(await holdfast('job', jobId, '--resume', '--wait')).toMatchObject({
      result: { job: { state: 'done', continues: jobId, counts: { restored: 1 } } },
    });
    expect(await textOf(target, 'a')).toBe('one');
    expect((await finishedJob(jobId)).state).toBe('cancelled');
  });
});

/** Where the vault has an object's copy. */
async function copyOf(bucket: string, key: string) {
  const { vaultVersionId = '' } = await entryWith(bucket, key, ({ state }) => state === 'current');
  return { vaultKey: `s3/${bucket}/${key}`, versionId: vaultVersionId };
}
