import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { CloudError } from './errors.ts';

const LOOPBACK = '127.0.0.1';

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : port));
    });
  });
}

/** A port of the loopback interface that nobody uses now. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/**
 * Two ports side by side that nobody uses now. Below those that systems give out for connections (from 32768 on Linux, 49152
 * elsewhere): no connection takes the second before it is listened on.
 *
 * @returns the first
 */
export async function freePortPair(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(10_000, 16_000) * 2;
    try {
      await listenOnce(port + 1);
      return await listenOnce(port);
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}

/** Says who to blame and what to do before an emulator is started that could not listen. */
export async function assertPortFree(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
    const why = denied ? 'may not be used by this user' : 'is taken by another program';
    throw new CloudError(`Port ${port} ${why}: set HOLDFAST_CLOUD_PORT to another one.`, { cause });
  }
}
