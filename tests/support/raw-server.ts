import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A request as its bytes say it. */
export type RawRequest = {
  readonly method: string;
  readonly target: string;
  /** In the order they came; names in lower case, values as bytes. */
  readonly headers: ReadonlyArray<readonly [string, Buffer]>;
  readonly body: Buffer;
};

export type RawAnswer = {
  readonly status?: number;
  readonly headers?: ReadonlyArray<readonly [string, string | Buffer]>;
  readonly body?: string;
};

/** A server on this machine that knows nothing of text: what it hears and says are bytes. */
export async function rawServer(answer: (request: RawRequest) => RawAnswer) {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let heard: Buffer = Buffer.of();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      for (let next = split(heard); next !== undefined; next = split(heard)) {
        heard = next.rest;
        requests.push(next.request);
        socket.write(written(answer(next.request), next.request.method));
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    requests,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The first whole request of what was heard, and what comes after it. */
function split(heard: Buffer): { request: RawRequest; rest: Buffer } | undefined {
  const end = heard.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = heard.subarray(0, end).toString('latin1').split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [
      line.slice(0, colon).toLowerCase(),
      Buffer.from(line.slice(colon + 1).trimStart(), 'latin1'),
    ] as const;
  });
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
  const rest = heard.subarray(end + 4);
  if (rest.length < length) return undefined;
  return {
    request: { method, target, headers, body: rest.subarray(0, length) },
    rest: rest.subarray(length),
  };
}

function written({ status = 200, headers = [], body = '' }: RawAnswer, method: string): Buffer {
  const own = method === 'HEAD' ? [] : [['content-length', String(Buffer.byteLength(body))] as const];
  const lines = [...own, ...headers].map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name}: `), Buffer.from(value), Buffer.from('\r\n')]),
  );
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} X\r\n`),
    ...lines,
    Buffer.from(`\r\n${method === 'HEAD' ? '' : body}`),
  ]);
}
