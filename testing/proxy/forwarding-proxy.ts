import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the other side answered. */
export type Answer = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
};

/** What a proxy does with a request: pass it on as it is, or whatever else it likes. */
export type Handle = (incoming: IncomingMessage, outgoing: ServerResponse, proxy: ForwardingProxy) => void;

/** A proxy on this machine, between the functions and the emulator. */
export class ForwardingProxy {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #target: () => number;

  private constructor(server: Server, target: () => number) {
    this.#server = server;
    this.#target = target;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /**
   * @param target the emulator's port; asked at each request, since it is known only once the emulator runs
   * @param port any free one unless given
   */
  static async start(target: () => number, handle: Handle, port = 0): Promise<ForwardingProxy> {
    let proxy: ForwardingProxy | undefined;
    const server = createServer((incoming, outgoing) => {
      if (proxy === undefined) outgoing.destroy();
      else handle(incoming, outgoing, proxy);
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen(port, '127.0.0.1', listening);
    });
    proxy = new ForwardingProxy(server, target);
    return proxy;
  }

  /** Passes a request on as it comes, and its answer back. */
  pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const onward = request(this.#onward(incoming), (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }

  /** Has a request done whose body was read already. @throws when the emulator cannot be reached */
  ask(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((done, failed) => {
      const onward = request(this.#onward(incoming), (answer) => {
        read(answer).then(
          (bytes) => done({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          failed,
        );
      });
      onward.on('error', failed);
      onward.end(body);
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #onward({ method, url, headers }: IncomingMessage) {
    return { host: '127.0.0.1', port: this.#target(), method, path: url, headers: passedOn(headers) };
  }
}

/**
 * Headers to be sent as they came. Node reads a Content-Disposition in another encoding when it knows the length of the body by then,
 * and refuses what it then sees; so it comes first.
 */
export function passedOn<Headers extends IncomingHttpHeaders | OutgoingHttpHeaders>(
  headers: Headers,
): Headers {
  const { 'content-disposition': disposition, ...others } = headers;
  return (disposition === undefined ? headers : { 'content-disposition': disposition, ...others }) as Headers;
}

/** The whole body of a request or an answer. */
export async function read(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(message as AsyncIterable<Buffer>));
}
