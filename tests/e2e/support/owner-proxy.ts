import type { IncomingMessage } from 'node:http';
import { operationOf } from '../../../testing/proxy/aws-operation.ts';
import { ForwardingProxy } from '../../../testing/proxy/forwarding-proxy.ts';

/** Where the proxy tells what it found, as JSON. */
const FOUND = '/_ownerless';
/** Requests that name no bucket, or cannot say whose it is. */
const WITHOUT: ReadonlySet<string> = new Set(['s3 ListBuckets', 's3 CreateBucket']);

/** A proxy between all of Holdfast and the emulator, which remembers each request that does not say whose its bucket is. */
export async function ownerProxy(target: () => number, port: number): Promise<ForwardingProxy> {
  const found = new Set<string>();
  return ForwardingProxy.start(
    target,
    (incoming, outgoing, proxy) => {
      if (incoming.url === FOUND) {
        outgoing.end(JSON.stringify([...found]));
        return;
      }
      const operation = operationOf(incoming);
      if (operation.startsWith('s3 ') && !WITHOUT.has(operation) && !saysWhose(incoming))
        found.add(`${operation} ${incoming.url}`);
      proxy.pass(incoming, outgoing);
    },
    port,
  );
}

function saysWhose({ headers }: IncomingMessage): boolean {
  const needed = ['x-amz-expected-bucket-owner'];
  if (headers['x-amz-copy-source'] !== undefined) needed.push('x-amz-source-expected-bucket-owner');
  return needed.every((name) => /^\d{12}$/.test(String(headers[name])));
}

/** The requests until now, of whoever went through the proxy, that did not say whose their bucket is. */
export async function ownerless(endpoint: string): Promise<string[]> {
  return (await fetch(endpoint + FOUND)).json() as Promise<string[]>;
}
