import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { CatalogError } from '@holdfast/core/model/errors.ts';
import type { StepRecord } from '@holdfast/core/ports/catalog.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400;
const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
const pauses: number[] = [];
const catalog = new DynamoCatalog(client, {
  table: 'catalog',
  retentionDays: 30,
  now: () => NOW,
  pause: async (ms) => pauses.push(ms),
});

const ENTRY: Entry = { source: 's3://b', key: 'k', state: 'current', rev: 3, updatedAt: NOW };
const STEP: StepRecord = { jobId: 'j', step: 's', progress: {}, problems: [], continuations: [] };

beforeEach(() => {
  dynamo.reset();
  pauses.length = 0;
});

function named(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
}

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

describe('entries', () => {
  async function itemOf(entry: Entry): Promise<Record<string, unknown>> {
    dynamo.on(PutItemCommand).resolves({});
    await catalog.putEntry(entry, undefined);
    return unmarshall(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item ?? {});
  }

  it('have the source and the raw key as their keys', async () => {
    expect(await itemOf(ENTRY)).toEqual({ pk: 's3://b', sk: 'k', state: 'current', rev: 3, updatedAt: NOW });
  });

  it('are in the index while they are unprotected', async () => {
    const item = await itemOf({ ...ENTRY, state: 'unprotected', reason: 'failed' });
    expect(item).toMatchObject({ unprotectedOf: 's3://b', reason: 'failed' });
  });

  it('expire with the copies of what was deleted, and not before', async () => {
    const item = await itemOf({ ...ENTRY, state: 'deleted', deletedAt: NOW });
    expect(item).toMatchObject({ expiresAt: NOW / 1000 + 30 * DAY });
    dynamo.reset();
    expect(await itemOf({ ...ENTRY, state: 'current', deletedAt: NOW })).not.toHaveProperty('expiresAt');
  });

  it('are written on condition of the revision', async () => {
    dynamo.on(PutItemCommand).resolves({});
    await catalog.putEntry(ENTRY, undefined);
    await catalog.putEntry(ENTRY, 2);
    const [created, changed] = dynamo.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
    expect(created).toMatchObject({
      TableName: 'catalog',
      ConditionExpression: 'attribute_not_exists(#n0)',
      ExpressionAttributeNames: { '#n0': 'pk' },
    });
    expect(changed).toMatchObject({
      ConditionExpression: '#n0 = :v0',
      ExpressionAttributeNames: { '#n0': 'rev' },
      ExpressionAttributeValues: { ':v0': { N: '2' } },
    });
  });

  it('are stamped on condition of what a listing shows, and nothing else of them is written', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    expect(await catalog.stampEntry('workdocs://d', 'document/x', { etag: 'e', listedAt: NOW })).toBe(true);
    expect(dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
      Key: marshall({ pk: 'workdocs://d', sk: 'document/x' }),
      UpdateExpression: 'SET #n0 = :v0 ADD #n1 :v1',
      ConditionExpression: '#n2 = :v2 AND #n3 = :v3',
      ExpressionAttributeNames: { '#n0': 'listedAt', '#n1': 'rev', '#n2': 'etag', '#n3': 'state' },
      ExpressionAttributeValues: marshall({ ':v0': NOW, ':v1': 1, ':v2': 'e', ':v3': 'current' }),
    });
  });

  it('are read with strong consistency', async () => {
    dynamo
      .on(GetItemCommand)
      .resolves({ Item: marshall({ pk: 's3://b', sk: 'k', state: 'current', rev: 3, updatedAt: NOW }) });
    expect(await catalog.getEntry('s3://b', 'k')).toEqual(ENTRY);
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  it('that something else wrote are not believed', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: marshall({ pk: 's3://b', sk: 'k', state: 'lost', rev: 3 }) });
    await expect(catalog.getEntry('s3://b', 'k')).rejects.toMatchObject({
      remedy: 'fatal',
      message: expect.stringContaining('s3://b k, field state'),
    });
  });

  it('are listed in pages as large as the table gives', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: marshall({ pk: 's3://b', sk: 'k' }) });
    expect(await catalog.listEntries('s3://b', { limit: 5 })).toEqual({ entries: [], more: true });
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ Limit: 5 });
  });
});

describe('errors', () => {
  it.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'InternalServerError',
    'ExpiredTokenException',
  ])('%s goes back to the queue', async (name) => {
    dynamo.on(GetItemCommand).rejects(named(name));
    const read = catalog.getEntry('s3://b', 'k');
    await expect(read).rejects.toThrow(CatalogError);
    await expect(read).rejects.toMatchObject({ remedy: 'retry', message: expect.stringContaining(name) });
  });

  it('no answer at all goes back to the queue', async () => {
    dynamo.on(GetItemCommand).rejects(new Error('connect ETIMEDOUT'));
    await expect(catalog.getEntry('s3://b', 'k')).rejects.toMatchObject({ remedy: 'retry' });
  });

  it.each(['ResourceNotFoundException', 'ValidationException', 'AccessDeniedException'])(
    '%s is for people',
    async (name) => {
      dynamo.on(GetItemCommand).rejects(named(name));
      await expect(catalog.getEntry('s3://b', 'k')).rejects.toMatchObject({ remedy: 'fatal' });
    },
  );

  it('a failed condition is an answer', async () => {
    dynamo.on(PutItemCommand).rejects(named('ConditionalCheckFailedException'));
    expect(await catalog.putEntry(ENTRY, 1)).toBe(false);
  });

  it('a rival transaction is waited for', async () => {
    const conflict = named('TransactionConflictException');
    dynamo.on(UpdateItemCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolves({});
    expect(await catalog.enterDeletions('j', 'm1', 'compare')).toBe(true);
    expect(pauses).toHaveLength(2);
  });
});

describe('steps', () => {
  it('are recorded and counted in one transaction', async () => {
    dynamo.on(TransactWriteItemsCommand).resolves({});
    const progress = { openRanges: -1, counts: { seen: 5, 'not-new': 2 } };
    expect(await catalog.completeStep({ ...STEP, progress })).toBe(true);
    const items = dynamo.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems;
    expect(items).toMatchObject([
      {
        Put: {
          Item: { pk: { S: '#job:j' }, sk: { S: 's' }, expiresAt: { N: String(NOW / 1000 + 90 * DAY) } },
          ConditionExpression: 'attribute_not_exists(#n0)',
        },
      },
      {
        Update: {
          Key: { pk: { S: '#jobs' }, sk: { S: 'j' } },
          UpdateExpression: 'ADD #n0 :v0, #n1 :v1, #n2 :v2, #n3 :v3, #n4 :v4',
          ExpressionAttributeNames: {
            '#n0': 'openRanges',
            '#n1': 'batchesQueued',
            '#n2': 'batchesDone',
            '#n3': 'count_seen',
            '#n4': 'count_not-new',
          },
          ExpressionAttributeValues: {
            ':v0': { N: '-1' },
            ':v1': { N: '0' },
            ':v2': { N: '0' },
            ':v3': { N: '5' },
            ':v4': { N: '2' },
          },
          ConditionExpression: 'attribute_exists(#n5)',
        },
      },
    ]);
  });

  it('are tried again when another transaction holds the job', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled('None', 'TransactionConflict'))
      .rejectsOnce(cancelled('None', 'ThrottlingError'))
      .resolves({});
    expect(await catalog.completeStep(STEP)).toBe(true);
    expect(pauses).toHaveLength(2);
  });

  it('go back to the queue when that never ends', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('None', 'TransactionConflict'));
    await expect(catalog.completeStep(STEP)).rejects.toThrow(CatalogError);
    expect(pauses.length).toBeGreaterThan(5);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1000);
  });

  it('are not counted a second time', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('ConditionalCheckFailed', 'None'));
    expect(await catalog.completeStep(STEP)).toBe(false);
    expect(pauses).toEqual([]);
  });

  it('are duplicates first, and conflicts only if they are none', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('ConditionalCheckFailed', 'TransactionConflict'));
    expect(await catalog.completeStep(STEP)).toBe(false);
  });

  it('of no job are a defect', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('None', 'ConditionalCheckFailed'));
    await expect(catalog.completeStep(STEP)).rejects.toMatchObject({ remedy: 'fatal' });
  });

  it('keep as many problems as fit, and say how many did not', async () => {
    dynamo.on(TransactWriteItemsCommand).resolves({});
    const problems = Array.from({ length: 1000 }, (_, n) => ({
      key: `${n}-${'🦊'.repeat(250)}`,
      reason: 'failed',
      detail: 'x'.repeat(500),
    }));
    await catalog.completeStep({ ...STEP, problems });
    const put = dynamo.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems?.[0]?.Put;
    const kept: Array<{ key: string; reason: string }> = unmarshall(put?.Item ?? {})['problems'];
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(380_000);
    expect(kept.slice(0, -1)).toEqual(problems.slice(0, kept.length - 1));
    expect(kept.at(-1)).toMatchObject({ key: `(${1000 - kept.length + 1} more)`, reason: 'not-listed' });
  });

  it('are no problem when only notes did not fit', async () => {
    dynamo.on(TransactWriteItemsCommand).resolves({});
    const note = { reason: 'lock', detail: 'x'.repeat(2000), note: true as const };
    const notes = Array.from({ length: 300 }, (_, n) => ({ key: `${n}`, ...note }));
    await catalog.completeStep({ ...STEP, problems: [{ key: 'first', reason: 'failed' }, ...notes] });
    const put = dynamo.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems?.[0]?.Put;
    const kept: Array<{ key: string }> = unmarshall(put?.Item ?? {})['problems'];
    expect(kept[0]).toEqual({ key: 'first', reason: 'failed' });
    expect(kept.at(-1)).toMatchObject({ reason: 'not-listed', note: true });
  });

  it('refuse continuations that no row can hold', async () => {
    const step = { ...STEP, continuations: ['x'.repeat(400_000)] };
    await expect(catalog.completeStep(step)).rejects.toMatchObject({ remedy: 'fatal' });
  });
});

describe('jobs', () => {
  it('are listed through all pages', async () => {
    const job = (id: string) =>
      marshall({
        pk: '#jobs',
        sk: id,
        kind: 'restore',
        source: 's3://b',
        state: 'done',
        phase: 'work',
        trigger: 't',
        startedAt: NOW,
        openRanges: 0,
        batchesQueued: 0,
        batchesDone: 0,
      });
    const next = marshall({ pk: '#jobs', sk: 'a' });
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [job('a')], LastEvaluatedKey: next })
      .resolvesOnce({ Items: [job('b')] });
    expect((await catalog.listJobs()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(dynamo.commandCalls(QueryCommand)[1]?.args[0].input).toMatchObject({
      ExclusiveStartKey: next,
      ConsistentRead: true,
    });
  });
});

it('moves the cursor of a source only on, and of one that is there', async () => {
  dynamo.on(UpdateItemCommand).resolves({});
  expect(await catalog.moveCursor('workdocs://d', NOW)).toBe(true);
  expect(dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
    UpdateExpression: 'SET #n0 = :v0',
    ConditionExpression: '(attribute_not_exists(#n0) OR #n0 < :v1) AND attribute_exists(#n1)',
    ExpressionAttributeNames: { '#n0': 'cursor', '#n1': 'pk' },
    ExpressionAttributeValues: marshall({ ':v0': NOW, ':v1': NOW }),
  });
});
