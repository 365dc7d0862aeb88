import { dynamoClient, s3Client, snsClient, sqsClient } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { SnsNotices } from '@holdfast/core/aws/sns-notices.ts';
import { SqsWorkQueue } from '@holdfast/core/aws/sqs-work-queue.ts';
import { upload } from '@holdfast/core/kinds/workdocs/aws/signed-upload.ts';
import type { ContentHeaders, ObjectFacts } from '@holdfast/core/model/object.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RawRequest, rawServer } from '../../support/raw-server.ts';
import { signatureProblem } from '../../support/verify-signature.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const ANSWERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/uploads/, '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'],
  [/partNumber/, '<CopyPartResult><ETag>"e"</ETag></CopyPartResult>'],
  [/list-type/, '<ListBucketResult></ListBucketResult>'],
  [/versions/, '<ListVersionsResult></ListVersionsResult>'],
  [/uploadId/, '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'],
];
const COPIED = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';

/** What a HEAD is answered, as bytes. */
let head: Array<readonly [string, Buffer]> = [];
let server: Awaited<ReturnType<typeof rawServer>>;
let store: S3ObjectStore;

beforeAll(async () => {
  server = await rawServer(({ target }) => ({
    headers: [['etag', '"e"'], ...head],
    body: ANSWERS.find(([pattern]) => pattern.test(target))?.[1] ?? COPIED,
  }));
});
afterAll(() => server.stop());

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  onTestFinished(() => void vi.unstubAllEnvs());
  const options = { endpoint: server.endpoint, region: 'eu-central-1', limits: { attempts: 1 } };
  store = new S3ObjectStore(s3Client({ ...options, account: '111122223333' }));
  server.requests.length = 0;
  head = [];
});

const AT = { bucket: 'b', key: 'k' };

/** The requests that a call came to, each rightly signed. */
async function signed(call: () => Promise<unknown>): Promise<RawRequest[]> {
  server.requests.length = 0;
  await call();
  expect(server.requests.map((request) => signatureProblem(request, SECRET))).toEqual(
    server.requests.map(() => undefined),
  );
  return server.requests;
}

function sent(request: RawRequest | undefined, name: string): Buffer | undefined {
  return request?.headers.find(([one]) => one === name)?.[1];
}

/** The object that S3 tells of with these bytes. */
async function given(headers: Array<readonly [string, Buffer]>): Promise<ObjectFacts> {
  head = headers;
  const answer = await store.head(AT);
  if (!answer.found) throw new Error('the HEAD found nothing');
  return answer.object;
}

const FIELDS: ReadonlyArray<readonly [string, keyof ContentHeaders]> = [
  ['content-type', 'contentType'],
  ['cache-control', 'cacheControl'],
  ['content-disposition', 'contentDisposition'],
  ['content-encoding', 'contentEncoding'],
  ['content-language', 'contentLanguage'],
  ['expires', 'expires'],
];
const REDIRECT = 'x-amz-website-redirect-location';

/** Visible at both ends, since HTTP drops blanks there. */
const framed = <T>(inner: fc.Arbitrary<T>, wrap: (inner: T) => Buffer) =>
  inner.map((value) => Buffer.concat([Buffer.from('<'), wrap(value), Buffer.from('>')]));
const text = framed(
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replace(/[\p{Cc}\p{Cs}]/gu, ' ')),
  (value) => Buffer.from(value),
);
/** Whatever bytes a header may hold, UTF-8 or not. */
const bytes = framed(
  fc.array(
    fc.oneof(
      fc.constantFrom(9, 32),
      fc.integer({ min: 0x21, max: 0x7e }),
      fc.integer({ min: 0x80, max: 0xff }),
    ),
  ),
  (value) => Buffer.from(value),
);

describe('what S3 tells of an object goes back byte for byte, signed over those bytes', () => {
  const value = fc.oneof(text, bytes);

  it('in the beginning of a multipart copy', async () => {
    const values = fc.tuple(value, value, value, value, value, value);
    const property = fc.asyncProperty(values, value, async (six, redirect) => {
      const came = FIELDS.map(([name], place) => [name, six[place] ?? Buffer.of()] as const);
      const facts = await given([...came, [REDIRECT, redirect]]);
      const { headers, metadata, websiteRedirect = '' } = facts;
      const [request] = await signed(() =>
        store.beginMultipart({ to: AT, headers, metadata, tags: {}, websiteRedirect }),
      );
      for (const [name, expected] of [...came, [REDIRECT, redirect] as const])
        expect({ name, bytes: sent(request, name) }).toEqual({ name, bytes: expected });
    });
    await fc.assert(property, { seed: 11, numRuns: 150 });
  });

  it('in a copy with a website redirect', async () => {
    const property = fc.asyncProperty(value, async (redirect) => {
      const { websiteRedirect = '' } = await given([[REDIRECT, redirect]]);
      const [request] = await signed(() => store.copy({ from: AT, to: AT, websiteRedirect }));
      expect(sent(request, REDIRECT)).toEqual(redirect);
    });
    await fc.assert(property, { seed: 12, numRuns: 100 });
  });

  it('is text where the bytes are UTF-8', async () => {
    const name = 'attachment; filename="Übersicht\u00a0東京 🦊.pdf"';
    const facts = await given([
      ['content-disposition', Buffer.from(name)],
      ['x-amz-meta-who', Buffer.from('Jürg')],
      [REDIRECT, Buffer.from('/ü')],
    ]);
    expect(facts.headers.contentDisposition).toBe(name);
    expect(facts).toMatchObject({ metadata: { who: 'Jürg' }, websiteRedirect: '/ü' });
  });
});

describe('metadata', () => {
  it.each([
    ['an RFC 2047 word, as S3 gives it', Buffer.from('=?UTF-8?B?w6TDtsO8?='), '=?UTF-8?B?w6TDtsO8?='],
    ['raw UTF-8, as other stores do', Buffer.from('äöü'), '=?UTF-8?B?w6TDtsO8?='],
    ['bytes that are no UTF-8', Buffer.from('a\xe4b', 'latin1'), Buffer.from('a\xe4b', 'latin1')],
  ])('goes back: %s', async (_, came, expected) => {
    const { metadata } = await given([['x-amz-meta-word', came]]);
    const [begun] = await signed(() => store.beginMultipart({ to: AT, headers: {}, metadata, tags: {} }));
    const [put] = await signed(() => store.write(AT, Buffer.from('x'), { metadata }));
    expect([sent(begun, 'x-amz-meta-word'), sent(put, 'x-amz-meta-word')]).toEqual(
      Array(2).fill(Buffer.from(expected)),
    );
  });
});

describe('every request is signed over its bytes', () => {
  const KEYS = ['a b+c%20d', 'ü/🦊\n\u0001', ' /../\u00a0.', 'é', "quote's (*)!~", '\u3000x'];
  const key = fc.oneof(
    fc.constantFrom(...KEYS),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  );
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const upload = (at: string) => ({ bucket: 'b', key: at, uploadId: 'u/+=' });

  it('with any key, tag, version and prefix', async () => {
    const property = fc.asyncProperty(key, key, word, word, async (from, to, name, value) => {
      const source = { bucket: 'b', key: from, versionId: 'v/+=', ifMatch: 'e' };
      const target = { bucket: 'b', key: to };
      const tags = { [name]: value };
      await signed(async () => {
        await store.copy({ from: source, to: target, tags, condition: { ifAbsent: true } });
        await store.beginMultipart({ to: target, headers: {}, metadata: {}, tags });
        await store.copyPart(upload(to), { number: 1, from: source, first: 0, last: 9 });
        await store.completeMultipart(upload(to), [{ number: 1, etag: 'e' }], { ifMatch: 'e' });
        await store.putTags(target, tags);
        await store.put(target, value, 'text/plain; name=ü');
        await store.list({ bucket: 'b', prefix: from, after: to });
        await store.listVersions({ bucket: 'b', prefix: from, marker: { key: to, versionId: 'v/+=' } });
        await store.hide(target);
      });
    });
    await fc.assert(property, { seed: 13, numRuns: 60 });
  });

  it('is refused by the check when a byte is another', async () => {
    const [request] = await signed(() => store.copy({ from: AT, to: AT, websiteRedirect: '/ü' }));
    const headers = (request?.headers ?? []).map(([name, value]) =>
      name === REDIRECT ? ([name, Buffer.from('/ú')] as const) : ([name, value] as const),
    );
    const changed = { method: 'PUT', target: '/b/k?x-id=CopyObject', headers, body: Buffer.of() };
    expect(signatureProblem(changed, SECRET)).toMatch(/fits/);
  });
});

describe('what goes to other services is signed over its bytes', () => {
  const WORDS = 'Übersicht\u00a0東京 🦊 \u3000é';

  it('in messages, notices and rows', async () => {
    const options = { endpoint: server.endpoint, region: 'eu-central-1', limits: { attempts: 1 } };
    const queue = new SqsWorkQueue(sqsClient(options), { urls: { report: 'http://127.0.0.1/1/q' } });
    const notices = new SnsNotices(snsClient(options), 'arn:aws:sns:eu-central-1:111122223333:t');
    const catalog = new DynamoCatalog(dynamoClient(options), { table: 't', retentionDays: 1 });
    const notice = {
      subject: 'Holdfast',
      text: WORDS,
      labels: { source: `s3://${WORDS}` },
      details: { key: WORDS },
    };
    const requests = await signed(() =>
      Promise.allSettled([
        queue.send('report', [JSON.stringify({ key: WORDS })]),
        notices.publish(notice),
        catalog.getEntry('s3://b', WORDS),
      ]),
    );
    expect(requests.length).toBeGreaterThanOrEqual(3);
    const bodies = requests.map(({ body }) => decodeURIComponent(body.toString().replaceAll('+', ' ')));
    expect(bodies.filter((body) => body.includes('東京'))).toHaveLength(requests.length);
  });
});

it('sends what a signed URL asks to be sent as its bytes', async () => {
  const headers = { 'Content-Type': 'text/plain; name=ü', 'x-amz-meta-name': '東京' };
  const body = async function* () {
    yield Buffer.from('x');
  };
  await upload({ url: `${server.endpoint}/signed`, headers }, body(), 1);
  const [request] = server.requests;
  expect(sent(request, 'content-type')).toEqual(Buffer.from(headers['Content-Type']));
  expect(sent(request, 'x-amz-meta-name')).toEqual(Buffer.from('東京'));
});
