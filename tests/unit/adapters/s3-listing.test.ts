import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { describe, expect, it } from 'vitest';
import { cannedS3 } from '../../support/canned-s3.ts';

const TIME = '<LastModified>2026-03-01T12:00:00.000Z</LastModified>';
const version = (key: string, id: string) =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>false</IsLatest>${TIME}<ETag>"e"</ETag><Size>1</Size></Version>`;
const marker = (key: string, id: string) =>
  `<DeleteMarker><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest>${TIME}</DeleteMarker>`;
const versions = (...lines: string[]) =>
  `<ListVersionsResult><EncodingType>url</EncodingType>${lines.join('')}</ListVersionsResult>`;

describe('list', () => {
  it('asks for encoded keys and decodes them', async () => {
    const body = `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
      <Contents><Key>a+b%2Bc%0D%2F%F0%9F%A6%8A</Key>${TIME}<ETag>"e-2"</ETag><Size>7</Size><StorageClass>GLACIER</StorageClass></Contents>
    </ListBucketResult>`;
    const { client, requests } = cannedS3([{ body }]);
    const page = await new S3ObjectStore(client).list({
      bucket: 'b',
      prefix: 'a ',
      after: 'a\u0001',
      limit: 5,
    });
    expect(requests[0]?.query).toMatchObject({
      'list-type': '2',
      'encoding-type': 'url',
      prefix: 'a ',
      'start-after': 'a\u0001',
      'max-keys': '5',
    });
    expect(page).toEqual({
      more: true,
      objects: [
        {
          key: 'a b+c\r/🦊',
          etag: 'e-2',
          size: 7,
          lastModified: Date.parse('2026-03-01T12:00:00Z'),
          storageClass: 'GLACIER',
        },
      ],
    });
  });

  it('leaves keys alone that were not encoded', async () => {
    const body = `<ListBucketResult><Contents><Key>100%+x</Key>${TIME}</Contents></ListBucketResult>`;
    const { objects } = await new S3ObjectStore(cannedS3([{ body }]).client).list({ bucket: 'b' });
    expect(objects[0]?.key).toBe('100%+x');
  });
});

describe('listVersions', () => {
  it('keeps the order of lines of the same second', async () => {
    const body = versions(
      version('k', '5'),
      marker('k', '4'),
      marker('k', '3'),
      version('k', '2'),
      marker('l', '1'),
    );
    const page = await new S3ObjectStore(cannedS3([{ body }]).client).listVersions({ bucket: 'b' });
    expect(page.versions.map(({ versionId }) => versionId)).toEqual(['5', '4', '3', '2', '1']);
    expect(page.versions.map(({ deleteMarker }) => deleteMarker)).toEqual([false, true, true, false, true]);
    expect(page).not.toHaveProperty('next');
  });

  it('keeps each page its own order when two are under way', async () => {
    const store = new S3ObjectStore(
      cannedS3([
        { body: versions(version('k', '1'), marker('k', '2')) },
        { body: versions(marker('k', '3'), version('k', '4')) },
      ]).client,
    );
    const pages = await Promise.all([
      store.listVersions({ bucket: 'b' }),
      store.listVersions({ bucket: 'b' }),
    ]);
    const ids = pages.map((page) => page.versions.map(({ versionId }) => versionId).join(''));
    expect(ids.sort()).toEqual(['12', '34']);
  });

  it('decodes keys and the marker, and sends both parts of it', async () => {
    const truncated =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a+b%0D</NextKeyMarker><NextVersionIdMarker>v9</NextVersionIdMarker>';
    const { client, requests } = cannedS3([{ body: versions(version('a+b%0D', 'v9'), truncated) }]);
    const page = await new S3ObjectStore(client).listVersions({
      bucket: 'b',
      marker: { key: 'a', versionId: 'v1' },
    });
    expect(page.versions[0]?.key).toBe('a b\r');
    expect(page.next).toEqual({ key: 'a b\r', versionId: 'v9' });
    expect(requests[0]?.query).toMatchObject({ 'key-marker': 'a', 'version-id-marker': 'v1' });
  });
});
