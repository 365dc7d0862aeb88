import type { Operations } from './control.ts';

/** The faults and looks of `/_control`, beside the operations of people. */
type Faults = {
  deny(...ids: string[]): Promise<void>;
  allow(): Promise<void>;
  spoil(versionId: string, how: string): Promise<void>;
  mend(): Promise<void>;
  pageSize(size: number): Promise<void>;
  unend(): Promise<void>;
  advance(ms: number): Promise<void>;
  allowRoles(...arns: string[]): Promise<void>;
  counts(): Promise<Readonly<Record<string, number>>>;
  resetCounts(): Promise<void>;
  defects(): Promise<readonly string[]>;
};
export type SiteControl = Operations & Faults;

/** Drives the site of a server that runs in another process. @param url the server's address */
export function siteControl(url: string): SiteControl {
  return new Proxy({} as SiteControl, {
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => ask(url, String(name), args)),
  });
}

async function ask(url: string, name: string, args: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify(args.map((arg) => (arg instanceof Uint8Array ? base64(arg) : arg)));
  const answer = await fetch(new URL(`/_control/${name}`, url), { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${name}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function base64(bytes: Uint8Array) {
  return { base64: Buffer.from(bytes).toString('base64') };
}
