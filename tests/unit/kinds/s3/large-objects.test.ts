import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

const KIB = 1024;
const SETTINGS = { multipartThresholdBytes: 10 * KIB, partBytes: 4 * KIB };
const BODY = Buffer.alloc(25 * KIB + 7, 'abcdefgh');
const ATTRIBUTES = {
  headers: { contentType: 'image/tiff', cacheControl: 'no-store', contentLanguage: 'de' },
  metadata: { author: 'someone' },
  tags: { team: 'x', stage: 'raw' },
};

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline({ settings: SETTINGS });
  await pipeline.protect();
});

describe('an object above the multipart threshold', () => {
  it('is copied in parts, with its metadata and tags', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY, ATTRIBUTES);
    await pipeline.drain();
    const { content, versionId } = pipeline.s3.object(VAULT, 's3/photos/big');
    expect(content.body.equals(BODY)).toBe(true);
    expect(content.headers).toEqual(ATTRIBUTES.headers);
    expect([content.metadata, content.tags]).toEqual([ATTRIBUTES.metadata, ATTRIBUTES.tags]);
    expect(await pipeline.entry('big')).toMatchObject({ state: 'current', vaultVersionId: versionId });
    expect(pipeline.s3.requests.count('copyPart')).toBe(7);
  });

  it('is shown as being copied until it is there', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    await pipeline.deliverEvents();
    expect(await pipeline.entry('big')).toMatchObject({ state: 'unprotected', reason: 'copying' });
  });

  it('is not begun twice while its parts are on their way', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    const [event] = pipeline.events;
    await pipeline.deliverEvents();
    await pipeline.deliverEvents([pipeline.message(event?.body ?? '')]);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });

  it('goes on where a step stopped, without copying a part again', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    await pipeline.deliverEvents();
    let kill = true;
    pipeline.s3.requests.before = (op) => {
      if (op === 'copyPart' && pipeline.s3.requests.count('copyPart') === 5 && kill) {
        kill = false;
        throw new Error('killed');
      }
    };
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.body.equals(BODY)).toBe(true);
    expect(pipeline.s3.requests.count('copyPart')).toBeLessThanOrEqual(9);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });

  it('hands over to another message when time runs short', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    await pipeline.deliverEvents();
    const [body = ''] = pipeline.queue.take('backlog');
    let calls = 0;
    const message = pipeline.message(body);
    pipeline.delivery = ({ id, receives }) => ({
      messageId: id,
      receiveCount: receives,
      timeLeft: () => (++calls > 3 ? 0 : 900_000),
    });
    await pipeline.handle('backlog', message);
    expect((await pipeline.entry('big')).reason).toBe('copying');
    calls = Number.NEGATIVE_INFINITY;
    await pipeline.drain();
    expect((await pipeline.entry('big')).state).toBe('current');
    expect(pipeline.s3.requests.count('copyPart')).toBe(7);
  });

  it('is captured in its new state when it changes while it is copied', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    await pipeline.deliverEvents();
    const changed = Buffer.alloc(30 * KIB, 'z');
    pipeline.s3.put(SOURCE, 'big', changed);
    pipeline.events.splice(0);
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.body.equals(changed)).toBe(true);
    expect(await pipeline.entry('big')).toMatchObject({ state: 'current', size: 30 * KIB });
  });

  it('is begun anew when its upload was aborted', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    await pipeline.deliverEvents();
    const [body = ''] = pipeline.queue.take('backlog');
    const { uploadId } = JSON.parse(body);
    await pipeline.store.abortMultipart({ bucket: VAULT, key: 's3/photos/big', uploadId });
    await pipeline.queue.send('backlog', [body]);
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.body.equals(BODY)).toBe(true);
    expect((await pipeline.entry('big')).state).toBe('current');
  });

  it('is restored in parts, as it was, and only once', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY, ATTRIBUTES);
    await pipeline.drain();
    expect((await pipeline.restore('j1')).counts).toMatchObject({ restored: 1 });
    const { content } = pipeline.s3.object(TARGET, 'big');
    expect(content.body.equals(BODY)).toBe(true);
    expect([content.headers, content.metadata, content.tags]).toEqual([
      ATTRIBUTES.headers,
      ATTRIBUTES.metadata,
      ATTRIBUTES.tags,
    ]);
    const again = await pipeline.restore('j2');
    expect(again.counts).toMatchObject({ right: 1 });
    expect(again.counts['restored'] ?? 0).toBe(0);
  });
});
