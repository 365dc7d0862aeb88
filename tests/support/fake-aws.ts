import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ListedVersion, ObjectFacts } from '@holdfast/core/model/object.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';

export type FakeAws = { readonly url: string; readonly requests: string[]; readonly close: () => void };

export type AwsOptions = {
  /** What the header `Date` says; none when it says nothing. ms since 1970. */
  readonly date: () => number | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the stack was deployed with. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly status?: string;
  /** The buckets; without them, S3 knows none. */
  readonly store?: ObjectStore;
  /** Waited for before an answer is given. */
  readonly hold?: (request: string) => Promise<void>;
};

/**
 * As much of AWS as the command line needs to read a vault, on a port of its own: a stack, an empty catalog, and buckets
 * that can be listed and read. For what only a process of its own shows: its clock, its signals, its pipes.
 */
export async function fakeAws(options: AwsOptions): Promise<FakeAws> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, options, requests).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400);
      response.end(`<Error><Code>InvalidRequest</Code><Message>${String(error)}</Message></Error>`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsOptions,
  requests: string[],
): Promise<void> {
  const body = await text(request);
  const action = new URLSearchParams(body).get('Action') ?? request.headers['x-amz-target'];
  const what = typeof action === 'string' ? action : `${request.method} ${request.url}`;
  requests.push(what);
  await options.hold?.(what);
  response.sendDate = false;
  const date = options.date();
  if (date !== undefined) response.setHeader('Date', new Date(date).toUTCString());
  if (what === 'DescribeStacks') response.end(stackXml(options));
  else if (what === 'GetCallerIdentity') response.end(IDENTITY);
  else if (typeof action === 'string')
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  else await answerS3(request, response, options.store);
}

const IDENTITY =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  '<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

function stackXml({ outputs, parameters = {}, status = 'CREATE_COMPLETE' }: AwsOptions): string {
  const membersOf = (values: Readonly<Record<string, string>>, what: string) =>
    Object.entries(values)
      .map(
        ([key, value]) =>
          `<member><${what}Key>${key}</${what}Key><${what}Value>${value}</${what}Value></member>`,
      )
      .join('');
  return (
    '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>' +
    `<member><StackName>holdfast</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}` +
    `</StackStatus><Outputs>${membersOf(outputs, 'Output')}</Outputs>` +
    `<Parameters>${membersOf(parameters, 'Parameter')}</Parameters></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
  );
}

/** What each bucket is set to, by the name of the query. */
const BUCKET_SETTINGS: Readonly<Record<string, string>> = {
  versioning: '<VersioningConfiguration></VersioningConfiguration>',
  encryption:
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
    '</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
};

async function answerS3(
  request: IncomingMessage,
  response: ServerResponse,
  store?: ObjectStore,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://s3');
  const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  if (store === undefined) throw new Error('there is no store');
  if (url.searchParams.has('versions')) {
    response.end(await versionsXml(bucket, url.searchParams, store));
    return;
  }
  if (url.searchParams.has('list-type')) {
    response.end('<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></ListBucketResult>');
    return;
  }
  const settings = Object.entries(BUCKET_SETTINGS).find(([name]) => url.searchParams.has(name));
  if (settings !== undefined) {
    response.end(settings[1]);
    return;
  }
  const versionId = url.searchParams.get('versionId');
  const ref = { bucket, key: rest.join('/'), ...(versionId === null ? {} : { versionId }) };
  if (request.method === 'GET') {
    const { object, body } = await store.open(ref);
    response.writeHead(200, headersOf(object));
    for await (const chunk of body) if (!response.write(chunk)) await once(response, 'drain');
    response.end();
    return;
  }
  // Buckets are there; what is put is taken and forgotten.
  const isThere = request.method === 'PUT' || rest.join('') === '';
  response.writeHead(isThere ? 200 : 404, { ETag: '"0"' }).end();
}

function headersOf({ size, etag, lastModified, versionId }: ObjectFacts): Record<string, string> {
  return {
    'content-length': String(size),
    'last-modified': new Date(lastModified).toUTCString(),
    etag: `"${etag}"`,
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
  };
}

async function versionsXml(bucket: string, query: URLSearchParams, store: ObjectStore): Promise<string> {
  const [prefix, limit, key, versionId] = ['prefix', 'max-keys', 'key-marker', 'version-id-marker'].map(
    (name) => query.get(name),
  );
  const page = await store.listVersions({
    bucket,
    ...(prefix ? { prefix } : {}),
    ...(limit ? { limit: Number(limit) } : {}),
    ...(key ? { marker: { key, ...(versionId ? { versionId } : {}) } } : {}),
  });
  const next = page.next;
  return (
    '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>' +
    `<IsTruncated>${next !== undefined}</IsTruncated>` +
    (next === undefined
      ? ''
      : `<NextKeyMarker>${encodeURIComponent(next.key)}</NextKeyMarker><NextVersionIdMarker>${next.versionId ?? ''}</NextVersionIdMarker>`) +
    `${page.versions.map(versionXml).join('')}</ListVersionsResult>`
  );
}

function versionXml(version: ListedVersion): string {
  const name = version.deleteMarker ? 'DeleteMarker' : 'Version';
  const rest = version.deleteMarker
    ? ''
    : `<ETag>"${version.etag}"</ETag><Size>${version.size}</Size><StorageClass>STANDARD</StorageClass>`;
  return (
    `<${name}><Key>${encodeURIComponent(version.key)}</Key><VersionId>${version.versionId}</VersionId>` +
    `<IsLatest>${version.latest}</IsLatest><LastModified>${new Date(version.lastModified).toISOString()}</LastModified>${rest}</${name}>`
  );
}
