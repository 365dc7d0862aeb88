import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { countThrottles } from '@holdfast/core/aws/count-throttles.ts';
import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../testing/memory/memory-telemetry.ts';
import { type Answer, cannedS3, errorXml } from '../../support/canned-s3.ts';

const OK: Answer = { status: 200 };

async function throttlesOf(answers: readonly Answer[], attempts: number): Promise<number> {
  const { client } = cannedS3(answers, { attempts });
  const telemetry = new MemoryTelemetry();
  countThrottles(client, telemetry);
  await client.send(new HeadBucketCommand({ Bucket: 'b' })).catch(() => {});
  return telemetry.total('Throttles');
}

it.each([
  ['an answer', [OK], 1, 0],
  ['SlowDown, then an answer', [{ status: 503, body: errorXml('SlowDown') }, OK], 2, 1],
  ['429 for every attempt', [{ status: 429 }], 2, 2],
  ['an error that is none', [{ status: 403, body: errorXml('AccessDenied') }], 2, 0],
] as const)('counts attempts that were throttled: %s', async (_, answers, attempts, expected) => {
  expect(await throttlesOf(answers, attempts)).toBe(expected);
});
