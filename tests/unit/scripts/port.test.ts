import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { assertPortFree, freePort } from '../../../scripts/lib/port.ts';

async function givenListener(port: number): Promise<void> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
}

describe('a port', () => {
  it('can be picked, and is then free', async () => {
    const port = await freePort();
    expect(port).toBeGreaterThan(1023);
    await expect(assertPortFree(port)).resolves.toBeUndefined();
  });

  it('that is taken is named, with the setting that changes it', async () => {
    const port = await freePort();
    await givenListener(port);
    await expect(assertPortFree(port)).rejects.toThrow(
      `Port ${port} is taken by another program: set HOLDFAST_CLOUD_PORT to another one.`,
    );
  });
});
