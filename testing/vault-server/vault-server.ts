import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { isStoreError } from '@holdfast/core/model/errors.ts';
import type { ListedVersion } from '@holdfast/core/model/object.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';

/** A bucket as S3's HTTP shows it to whoever may only read it. */
export type VaultServer = {
  readonly endpoint: string;
  /** Each request so far, as it came. */
  readonly requests: readonly VaultRequest[];
  close(): Promise<void>;
};

type VaultRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer]>;
  readonly body: Buffer;
};

const STATUS: ReadonlyMap<string, readonly [status: number, code: string]> = new Map([
  ['not-found', [404, 'NoSuchKey']],
  ['archived', [403, 'InvalidObjectState']],
  ['access-denied', [403, 'AccessDenied']],
]);

/**
 * Serves the versions of a bucket in memory: ListObjectVersions and GetObject, path-style. Nobody's signature is checked, and
 * nothing can be written.
 */
export async function serveVault(store: ObjectStore, bucket: string): Promise<VaultServer> {
  const requests: VaultRequest[] = [];
  const server = createServer((request, response) => {
    requests.push(heard(request));
    answer(request, response, store, bucket).catch((error: unknown) => refuse(response, error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function heard({ method = '', url: target = '', rawHeaders }: IncomingMessage): VaultRequest {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0
      ? [[name.toLowerCase(), Buffer.from(rawHeaders[index + 1] ?? '', 'latin1')] as const]
      : [],
  );
  return { method, target, headers, body: Buffer.of() };
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  store: ObjectStore,
  bucket: string,
): Promise<void> {
  // Not by URL: it would take the dots out of a path.
  const [path = '', query = ''] = url.split('?');
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const [, name, ...key] = path.split('/').map(decodeURIComponent);
  if (name !== bucket) response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
  else if (method === 'HEAD') response.writeHead(200, { 'x-amz-bucket-region': 'us-east-1' }).end();
  else if (method !== 'GET') response.writeHead(405).end('<Error><Code>MethodNotAllowed</Code></Error>');
  else if (parameters.has('versions')) response.end(await listing(parameters, store, bucket));
  else await send(key.join('/'), parameters.get('versionId'), response, store, bucket);
}

async function listing(asked: URLSearchParams, store: ObjectStore, bucket: string): Promise<string> {
  const prefix = asked.get('prefix') ?? '';
  if (asked.get('delimiter') === '/') return commonPrefixes(prefix, store, bucket);
  const key = asked.get('key-marker');
  const versionId = asked.get('version-id-marker');
  const marker = key === null ? {} : { marker: { key, ...(versionId === null ? {} : { versionId }) } };
  const { versions, next } = await store.listVersions({ bucket, prefix, ...marker });
  const more =
    next === undefined
      ? tag('IsTruncated', 'false')
      : tag('IsTruncated', 'true') +
        tag('NextKeyMarker', encoded(next.key)) +
        tag('NextVersionIdMarker', next.versionId ?? '');
  return result(more + versions.map(line).join(''));
}

async function commonPrefixes(prefix: string, store: ObjectStore, bucket: string): Promise<string> {
  const { versions } = await store.listVersions({ bucket, prefix });
  const names = new Set(versions.map(({ key }) => key.slice(0, key.indexOf('/', prefix.length) + 1)));
  const found = [...names].map((name) => tag('CommonPrefixes', tag('Prefix', encoded(name)))).join('');
  return result(tag('IsTruncated', 'false') + found);
}

function line(version: ListedVersion): string {
  const facts =
    tag('Key', encoded(version.key)) +
    tag('VersionId', version.versionId) +
    tag('LastModified', new Date(version.lastModified).toISOString());
  if (version.deleteMarker) return tag('DeleteMarker', facts);
  return tag(
    'Version',
    facts + tag('Size', String(version.size)) + tag('StorageClass', version.storageClass),
  );
}

async function send(
  key: string,
  versionId: string | null,
  response: ServerResponse,
  store: ObjectStore,
  bucket: string,
): Promise<void> {
  const version = versionId === null ? {} : { versionId };
  const { object, body } = await store.open({ bucket, key, ...version });
  const { checksum, metadata, size } = object;
  response.setHeader('content-length', size);
  for (const [name, value] of Object.entries(metadata)) response.setHeader(`x-amz-meta-${name}`, value);
  if (checksum !== undefined)
    response.setHeader(`x-amz-checksum-${checksum.algorithm.toLowerCase()}`, checksum.value);
  await pipeline(body, response);
}

function refuse(response: ServerResponse, error: unknown): void {
  const [status, code] = (isStoreError(error) ? STATUS.get(error.code) : undefined) ?? [500, 'InternalError'];
  if (response.headersSent) response.destroy();
  else response.writeHead(status).end(`<Error>${tag('Code', code)}</Error>`);
}

function result(inside: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListVersionsResult>`;
}

function tag(name: string, inside: string): string {
  return `<${name}>${inside}</${name}>`;
}

/** As S3 writes keys with `encoding-type=url`: blanks as `+`. */
function encoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
