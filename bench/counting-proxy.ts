import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Requests by kind, as `s3 CopyObject` or `dynamodb PutItem`. */
export type Counts = Readonly<Record<string, number>>;

/** A proxy between the functions and the emulator, which counts what passes at the wire. */
export class CountingProxy {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #counts = new Map<string, number>();

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param target the emulator's port; asked at each request, since it is known only once the emulator runs */
  static async start(target: () => number): Promise<CountingProxy> {
    let proxy: CountingProxy | undefined;
    const server = createServer((incoming, outgoing) => {
      proxy?.count(kindOf(incoming));
      const { method, url, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port: target(), method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    proxy = new CountingProxy(server);
    return proxy;
  }

  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** What was counted since the last call. */
  take(): Counts {
    const counts = Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
    this.#counts.clear();
    return counts;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function kindOf({ method = '', url = '', headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    const name = service.startsWith('DynamoDB')
      ? 'dynamodb'
      : service.startsWith('AmazonSQS')
        ? 'sqs'
        : 'events';
    return `${name} ${operation}`;
  }
  return `s3 ${s3Operation(method, new URL(url, 'http://s3'), headers['x-amz-copy-source'] !== undefined)}`;
}

function s3Operation(method: string, url: URL, copies: boolean): string {
  const has = (name: string) => url.searchParams.has(name);
  if (has('tagging')) return `${method === 'GET' ? 'Get' : 'Put'}ObjectTagging`;
  if (has('notification')) return `${method === 'GET' ? 'Get' : 'Put'}BucketNotification`;
  if (has('versions')) return 'ListObjectVersions';
  if (has('list-type')) return 'ListObjectsV2';
  if (has('uploadId')) return copies ? 'UploadPartCopy' : `multipart ${method}`;
  if (has('uploads')) return 'CreateMultipartUpload';
  if (method === 'HEAD') return /^\/[^/]+\/?$/.test(url.pathname) ? 'HeadBucket' : 'HeadObject';
  if (method === 'PUT') return copies ? 'CopyObject' : 'PutObject';
  return `${method === 'DELETE' ? 'Delete' : 'Get'}Object`;
}
