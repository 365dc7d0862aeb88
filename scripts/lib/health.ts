import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_MS = 2_000;
const POLL_MS = 50;

/** MiniStack's own word that it is up; false when nothing, or something else, answers there. */
async function saysHealthy(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(PROBE_MS) });
    const body: unknown = await response.json();
    return response.ok && typeof body === 'object' && body !== null && 'services' in body;
  } catch {
    return false;
  }
}

/** Whether any HTTP server answers, whatever it says: AWS-compatible endpoints have no common health page. */
export async function answersHttp(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Polls until it is healthy; false when the time is over or the process has died. */
export async function waitForHealth(
  endpoint: string,
  alive: () => boolean,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && alive()) {
    // If it has died meanwhile, somebody else has answered.
    if (await saysHealthy(endpoint)) return alive();
    await sleep(POLL_MS);
  }
  return false;
}
