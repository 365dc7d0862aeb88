import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { checkoutVenv } from '../../../scripts/lib/checkout-venv.ts';
import { answersHttp } from '../../../scripts/lib/health.ts';
import { freePort } from '../../../scripts/lib/port.ts';

const START_MS = 60_000;

/** moto's server, of this test run alone. */
export type Moto = { readonly endpoint: string; readonly stop: () => Promise<void> };

/** Starts it on a port of its own. A thaw goes on with each look at its object: on its way first, done then. */
export async function startMoto(): Promise<Moto> {
  const { python } = await checkoutVenv();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const stop = () => end(server);
  try {
    await answering(server, endpoint);
    await post(`${endpoint}/moto-api/state-manager/set-transition`, {
      model_name: 's3::keyrestore',
      transition: { progression: 'manual', times: 1 },
    });
    return { endpoint, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answering(server: ChildProcess, endpoint: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (server.exitCode === null && Date.now() < deadline) {
    if (await answersHttp(endpoint)) return;
    await pause(50);
  }
  throw new Error(`moto does not answer at ${endpoint}`);
}

async function post(url: string, body: object): Promise<void> {
  const { ok, status } = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!ok) throw new Error(`moto answers ${status} to ${url}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}
