import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { describe, expect, it } from 'vitest';
import { cannedS3 } from '../../support/canned-s3.ts';

const COPIED =
  '<CopyObjectResult><ETag>"etag"</ETag><ChecksumCRC64NVME>AAAA</ChecksumCRC64NVME></CopyObjectResult>';
const ETAG = '5d41402abc4b2a76b9719d911017c592';

/** The requests one call makes, and what it gave back. */
async function wire<T>(body: string, call: (store: S3ObjectStore) => Promise<T>) {
  const { client, requests } = cannedS3([{ body, headers: { 'x-amz-version-id': 'v1' } }]);
  const result = await call(new S3ObjectStore(client));
  return { result, requests, headers: requests[0]?.headers ?? {}, path: requests[0]?.path };
}

describe('copy', () => {
  it('asks for all that S3 does not do by itself', async () => {
    const { result, headers, path, requests } = await wire(COPIED, (store) =>
      store.copy({ from: { bucket: 'src', key: 'k' }, to: { bucket: 'vault', key: 's3/src/k' } }),
    );
    expect(requests).toHaveLength(1);
    expect(path).toBe('/s3/src/k');
    expect(headers).toMatchObject({
      'x-amz-copy-source': 'src/k',
      'x-amz-metadata-directive': 'COPY',
      'x-amz-tagging-directive': 'COPY',
      'x-amz-storage-class': 'STANDARD',
      'x-amz-checksum-algorithm': 'CRC64NVME',
    });
    for (const absent of ['if-match', 'if-none-match', 'x-amz-copy-source-if-match', 'x-amz-tagging']) {
      expect(headers).not.toHaveProperty(absent);
    }
    expect(result).toEqual({
      etag: 'etag',
      versionId: 'v1',
      checksum: { algorithm: 'CRC64NVME', value: 'AAAA' },
    });
  });

  it.each([
    ['a b+c%20d#e?f&g=h', 'src/a%20b%2Bc%2520d%23e%3Ff%26g%3Dh'],
    ['/lead//double/../dot/.', 'src//lead//double/../dot/.'],
    ['quote\'s "(*)!~', 'src/quote%27s%20%22%28%2A%29%21~'],
    ['ü/🦊\n\u0001', 'src/%C3%BC/%F0%9F%A6%8A%0A%01'],
    ['k?versionId=other', 'src/k%3FversionId%3Dother'],
  ])('encodes the source %j', async (key, expected) => {
    const { headers } = await wire(COPIED, (store) =>
      store.copy({ from: { bucket: 'src', key }, to: { bucket: 'vault', key: 'k' } }),
    );
    expect(headers['x-amz-copy-source']).toBe(expected);
  });

  it('names the version, encoded, and the state it must have', async () => {
    const { headers } = await wire(COPIED, (store) =>
      store.copy({
        from: { bucket: 'src', key: 'k', versionId: 'a/b+c=', ifMatch: ETAG },
        to: { bucket: 'vault', key: 'k' },
      }),
    );
    expect(headers['x-amz-copy-source']).toBe('src/k?versionId=a%2Fb%2Bc%3D');
    expect(headers['x-amz-copy-source-if-match']).toBe(`"${ETAG}"`);
  });

  it.each([
    [{ ifMatch: ETAG }, { 'if-match': `"${ETAG}"` }],
    [{ ifAbsent: true }, { 'if-none-match': '*' }],
  ] as const)('makes the write conditional: %j', async (condition, expected) => {
    const { headers } = await wire(COPIED, (store) =>
      store.copy({ from: { bucket: 'src', key: 'k' }, to: { bucket: 'vault', key: 'k' }, condition }),
    );
    expect(headers).toMatchObject(expected);
  });

  it('replaces tags and sets a redirect', async () => {
    const { headers } = await wire(COPIED, (store) =>
      store.copy({
        from: { bucket: 'src', key: 'k' },
        to: { bucket: 'vault', key: 'k' },
        tags: { 'a b': 'x=y&z+ü' },
        websiteRedirect: '/there',
      }),
    );
    expect(headers).toMatchObject({
      'x-amz-tagging-directive': 'REPLACE',
      'x-amz-tagging': 'a%20b=x%3Dy%26z%2B%C3%BC',
      'x-amz-website-redirect-location': '/there',
      'x-amz-metadata-directive': 'COPY',
    });
  });

  it('stores it in the class that is asked for, and says which key encrypts it', async () => {
    const { client, requests } = cannedS3([
      { body: COPIED, headers: { 'x-amz-server-side-encryption-aws-kms-key-id': 'arn:key' } },
    ]);
    const request = { from: { bucket: 'src', key: 'k' }, to: { bucket: 'b', key: 'k' } };
    const written = await new S3ObjectStore(client).copy({ ...request, storageClass: 'GLACIER_IR' });
    expect(requests[0]?.headers['x-amz-storage-class']).toBe('GLACIER_IR');
    expect(written.kmsKey).toBe('arn:key');
  });

  it('gives no version id where there are no versions', async () => {
    const { client } = cannedS3([{ body: COPIED, headers: { 'x-amz-version-id': 'null' } }]);
    const request = { from: { bucket: 'src', key: 'k' }, to: { bucket: 'b', key: 'k' } };
    expect(await new S3ObjectStore(client).copy(request)).not.toHaveProperty('versionId');
  });
});

describe('multipart', () => {
  const STARTED = '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>';
  const UPLOAD = { bucket: 'vault', key: 'k', uploadId: 'u1' };

  it('carries over what UploadPartCopy does not', async () => {
    const { result, headers } = await wire(STARTED, (store) =>
      store.beginMultipart({
        to: { bucket: 'vault', key: 'k' },
        headers: {
          contentType: 'text/plain',
          cacheControl: 'no-store',
          contentDisposition: 'inline',
          contentEncoding: 'br',
          contentLanguage: 'de',
          expires: '-1',
        },
        metadata: { plain: 'a', encoded: '=?UTF-8?Q?=C3=A4?=', raw: 'ä' },
        tags: { a: 'b c' },
        websiteRedirect: '/there',
      }),
    );
    expect(result).toEqual(UPLOAD);
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'cache-control': 'no-store',
      'content-disposition': 'inline',
      'content-encoding': 'br',
      'content-language': 'de',
      expires: '-1',
      'x-amz-meta-plain': 'a',
      'x-amz-meta-encoded': '=?UTF-8?Q?=C3=A4?=',
      'x-amz-meta-raw': '=?UTF-8?B?w6Q=?=',
      'x-amz-tagging': 'a=b%20c',
      'x-amz-website-redirect-location': '/there',
      'x-amz-storage-class': 'STANDARD',
      'x-amz-checksum-algorithm': 'CRC64NVME',
      'x-amz-checksum-type': 'FULL_OBJECT',
    });
    expect(headers['authorization']).toContain('expires;');
  });

  it('begins it in the class that is asked for, or in STANDARD', async () => {
    const start = { to: { bucket: 'vault', key: 'k' }, headers: {}, metadata: {}, tags: {} };
    const usual = await wire(STARTED, (store) => store.beginMultipart(start));
    const cold = await wire(STARTED, (store) =>
      store.beginMultipart({ ...start, storageClass: 'DEEP_ARCHIVE' }),
    );
    expect([usual, cold].map(({ headers }) => headers['x-amz-storage-class'])).toEqual([
      'STANDARD',
      'DEEP_ARCHIVE',
    ]);
  });

  it('copies a range of one state', async () => {
    const { result, headers, requests } = await wire(
      '<CopyPartResult><ETag>"part"</ETag></CopyPartResult>',
      (store) =>
        store.copyPart(UPLOAD, {
          number: 7,
          from: { bucket: 'src', key: 'a b', versionId: 'v', ifMatch: ETAG },
          first: 0,
          last: 99,
        }),
    );
    expect(result).toEqual({ number: 7, etag: 'part' });
    expect(requests[0]?.query).toMatchObject({ partNumber: '7', uploadId: 'u1' });
    expect(headers).toMatchObject({
      'x-amz-copy-source': 'src/a%20b?versionId=v',
      'x-amz-copy-source-if-match': `"${ETAG}"`,
      'x-amz-copy-source-range': 'bytes=0-99',
    });
  });

  it('lists the parts of all pages', async () => {
    const part = (number: number) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>"e${number}"</ETag></Part>`;
    const page = (more: string, ...numbers: number[]) =>
      `<ListPartsResult>${more}${numbers.map(part).join('')}</ListPartsResult>`;
    const { client, requests } = cannedS3([
      { body: page('<IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>', 1, 2) },
      { body: page('<IsTruncated>false</IsTruncated>', 3) },
    ]);
    const parts = await new S3ObjectStore(client).listParts(UPLOAD);
    expect(parts).toEqual([1, 2, 3].map((number) => ({ number, etag: `e${number}` })));
    expect(requests[1]?.query).toMatchObject({ 'part-number-marker': '2' });
  });

  it('makes the end conditional', async () => {
    const { headers } = await wire(
      '<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>',
      (store) => store.completeMultipart(UPLOAD, [{ number: 1, etag: 'e' }], { ifAbsent: true }),
    );
    expect(headers['if-none-match']).toBe('*');
  });
});

describe('hide', () => {
  it('never names a version', async () => {
    const { result, requests } = await wire('', (store) =>
      store.hide({ bucket: 'vault', key: 'k', ifMatch: ETAG }),
    );
    expect(requests[0]).toMatchObject({ method: 'DELETE', headers: { 'if-match': `"${ETAG}"` } });
    expect(requests[0]?.query).not.toHaveProperty('versionId');
    expect(result).toEqual({ versionId: 'v1' });
  });
});

describe('an empty key', () => {
  it.each([
    ['head', (store: S3ObjectStore) => store.head({ bucket: 'b', key: '' })],
    ['open', (store: S3ObjectStore) => store.open({ bucket: 'b', key: '' }, {})],
    ['get', (store: S3ObjectStore) => store.get({ bucket: 'b', key: '' })],
  ] as const)('is never asked for by %s: the bucket itself would answer', async (_, call) => {
    const { client, requests } = cannedS3([{ body: '<ListBucketResult/>' }]);
    await expect(async () => call(new S3ObjectStore(client))).rejects.toThrow('s3://b/ is no object');
    expect(requests).toHaveLength(0);
  });
});
