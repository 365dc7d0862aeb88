import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { messageOf } from '@holdfast/core/model/errors.ts';
import { MemorySite } from '../memory/memory-site.ts';
import { SiteRefusal } from '../memory/site-refusal.ts';
import { answerTo } from './answer.ts';
import { type Controlled, control } from './control.ts';
import { findOperation, statusOfException } from './operations.ts';
import { serveBytes } from './serve-bytes.ts';
import { assumeRole, callerOf } from './sts.ts';
import { DriftError, readInput, writeOutput } from './wire.ts';

export type WorkDocsServer = Omit<Controlled, 'advance'> & {
  /** `http://127.0.0.1:<port>`: what `AWS_ENDPOINT_URL_WORKDOCS` has to be. */
  readonly url: string;
  advance(ms: number): void;
  close(): Promise<void>;
};

/** What AWS answers with to who is throttled: no exception of the model. */
const STATUS_OF_OTHERS: Readonly<Record<string, number>> = { ThrottlingException: 400 };

/**
 * A WorkDocs of the project's own: speaks the REST-JSON protocol to the real SDK client, over a site in memory. Routes, input
 * and output are those of the SDK's schemas; whatever does not fit them is kept in `defects`, and the request fails.
 *
 * @param options.clock where it begins; `advance` moves it
 */
export async function startWorkDocsServer(
  options: { readonly port?: number; readonly clock?: () => number; readonly organizationId?: string } = {},
): Promise<WorkDocsServer> {
  const clock = options.clock ?? Date.now;
  let ahead = 0;
  const { organizationId } = options;
  const site = new MemorySite({
    clock: () => clock() + ahead,
    ...(organizationId === undefined ? {} : { organizationId }),
  });
  const controlled: Controlled = {
    site,
    counts: new Map(),
    defects: [],
    regions: [],
    roles: new Set(),
    advance: (ms) => {
      ahead += ms;
    },
  };
  const server = createServer((request, response) => {
    serve(request, response, controlled).catch((error: unknown) => {
      controlled.defects.push(messageOf(error));
      if (!response.headersSent)
        send(response, 500, JSON.stringify({ message: messageOf(error) }), 'InternalFailure');
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site.model.urls.base = url;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { ...controlled, url, close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  controlled: Controlled,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
  const { site } = controlled;
  if (/^\/(source|upload)\//.test(pathname))
    return count(pathname.split('/')[1] ?? '', controlled, () => serveBytes({ request, response, site }));
  const body = await text(request);
  if (pathname.startsWith('/_control/')) return serveControl(pathname, body, response, controlled);
  if (pathname === '/') {
    count('AssumeRole', controlled);
    const { status, body: answer } = assumeRole(body, controlled.roles, site.model.clock());
    response.writeHead(status, { 'Content-Type': 'text/xml' }).end(answer);
    return;
  }
  serveOperation(request, body, response, controlled);
}

function serveControl(
  pathname: string,
  body: string,
  response: ServerResponse,
  controlled: Controlled,
): void {
  const name = pathname.slice('/_control/'.length);
  try {
    const result = control(name, body === '' ? [] : JSON.parse(body), controlled);
    response.writeHead(200).end(result === undefined ? '' : JSON.stringify(result));
  } catch (error) {
    response.writeHead(400).end(messageOf(error));
  }
}

function serveOperation(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  controlled: Controlled,
): void {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://127.0.0.1');
  const found = findOperation(request.method ?? '', pathname);
  if (found === undefined) throw new DriftError(`no operation is ${request.method} ${pathname}`);
  const { operation, labels } = found;
  count(operation.name, controlled);
  const authorization = request.headers.authorization ?? '';
  try {
    controlled.regions.push(checkSignature(authorization));
    controlled.site.model.pass();
    const input = readInput(operation, { labels, query, headers: request.headers, body });
    const answer = answerTo(operation, input, { site: controlled.site, caller: callerOf(authorization) });
    send(response, operation.status, writeOutput(operation, answer));
  } catch (error) {
    if (!(error instanceof SiteRefusal)) throw error;
    refuse(response, error);
  }
}

/** The region that a request was signed for. @throws {SiteRefusal} when it was not signed at all, or for another service */
function checkSignature(authorization: string): string {
  const signed = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([\w-]+)\/workdocs\/aws4_request,/.exec(
    authorization,
  );
  if (signed?.[1] !== undefined) return signed[1];
  throw new SiteRefusal('UnauthorizedOperationException', 'the request is not signed for workdocs');
}

function refuse(response: ServerResponse, { exception, message }: SiteRefusal): void {
  const status = statusOfException(exception) ?? STATUS_OF_OTHERS[exception];
  if (status === undefined) throw new DriftError(`${exception} is no exception of WorkDocs`);
  send(response, status, JSON.stringify({ Message: message }), exception);
}

function send(response: ServerResponse, status: number, body: string, exception?: string): void {
  const headers = { 'Content-Type': 'application/json', 'x-amzn-RequestId': 'a-request' };
  response.writeHead(
    status,
    exception === undefined
      ? headers
      : { ...headers, 'x-amzn-ErrorType': `${exception}:http://internal.amazon.com/coral/` },
  );
  response.end(status === 204 ? undefined : body);
}

function count<T>(name: string, { counts }: Controlled, work?: () => T): T | undefined {
  counts.set(name, (counts.get(name) ?? 0) + 1);
  return work?.();
}
