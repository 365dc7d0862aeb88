import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { operationOf } from '../../../testing/proxy/aws-operation.ts';
import { type Answer, ForwardingProxy, passedOn, read } from '../../../testing/proxy/forwarding-proxy.ts';
import { FaultPlan } from './fault-plan.ts';
import { DONE_UNHEARD, errorBody, type Fault, fitting, type Rates, refusal } from './faults.ts';

/** A request as faults are chosen by it. `subject`: the object's key or the row's sort key, as far as there is one. */
type Asked = { readonly operation: string; readonly subject: string };

/** Requests that always fail, whatever the rates are. */
export type Doom = (asked: Asked) => Fault | undefined;

type FaultProxyOptions = {
  /** The emulator's port. */
  readonly target: () => number;
  readonly seed: string;
  readonly port?: number;
  readonly slowestMs?: number;
};

/** A proxy between the functions and the emulator, which makes requests fail as the rates of the moment say. */
export class FaultProxy {
  rates: Rates = {};
  doom: Doom = () => undefined;
  /** How often each fault came, and each operation was asked. */
  readonly faults = new Map<Fault, number>();
  readonly asked = new Map<string, number>();
  /** How often each operation was done without its sender hearing of it. */
  readonly unheard = new Map<string, number>();
  readonly #plan: FaultPlan;
  readonly #slowestMs: number;
  #proxy: ForwardingProxy | undefined;

  private constructor({ seed, slowestMs = 400 }: FaultProxyOptions) {
    this.#plan = new FaultPlan(seed);
    this.#slowestMs = slowestMs;
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const faulty = new FaultProxy(options);
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse, proxy: ForwardingProxy) => {
      // The emulator is away, or the sender is: either way nobody gets an answer.
      faulty.#handle(incoming, outgoing, proxy).catch(() => reset(outgoing));
    };
    faulty.#proxy = await ForwardingProxy.start(options.target, handle, options.port);
    return faulty;
  }

  get endpoint(): string {
    return this.#proxy?.endpoint ?? '';
  }

  /** No more faults, neither by chance nor by doom. */
  off(): void {
    this.rates = {};
    this.doom = () => undefined;
  }

  stop(): void {
    this.#proxy?.stop();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse, proxy: ForwardingProxy): Promise<void> {
    const operation = operationOf(incoming);
    const body = await read(incoming);
    const subject = subjectOf(incoming, body);
    count(this.asked, operation);
    const doomed = this.doom({ operation, subject });
    const fault =
      doomed === undefined ? this.#plan.next(operation, subject, this.rates) : fitting(doomed, operation);
    if (fault !== undefined) count(this.faults, fault);
    if (fault === 'resetBefore') return reset(outgoing);
    if (fault === 'throttled' || fault === 'broken') return answer(outgoing, refusal(operation, fault));
    if (fault === 'errorIn200Before') return answer(outgoing, errorBody('SlowDown'));
    const done = await proxy.ask(incoming, body);
    if (fault !== undefined && DONE_UNHEARD.has(fault) && done.status < 300) count(this.unheard, operation);
    if (fault === 'slow') await pause(this.#plan.delayOf(operation, subject, this.#slowestMs));
    if (fault === 'resetAfter') return reset(outgoing);
    if (fault === 'errorIn200After') return answer(outgoing, errorBody('InternalError'));
    if (fault === 'truncated') return answerInPart(outgoing, done, incoming.method);
    answer(outgoing, done);
  }
}

function reset(outgoing: ServerResponse): void {
  outgoing.socket?.resetAndDestroy();
}

function answer(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, passedOn(headers));
  outgoing.end(body);
}

/** Announces the whole answer, sends half of it and hangs up. What has no body is not answered at all. */
function answerInPart(outgoing: ServerResponse, { status, headers, body }: Answer, method?: string): void {
  if (method === 'HEAD' || body.length === 0) {
    reset(outgoing);
    return;
  }
  const { 'transfer-encoding': _, ...rest } = headers;
  outgoing.writeHead(status, passedOn({ ...rest, 'content-length': String(body.length) }));
  // Only once the half has gone out: a reset takes with it what still waits to be sent.
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => reset(outgoing));
}

function count<K>(counts: Map<K, number>, name: K): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function subjectOf({ url = '', headers }: IncomingMessage, body: Buffer): string {
  if (headers['x-amz-target'] === undefined) return s3Subject(new URL(url, 'http://s3'));
  // SQS's handles differ in every run: one message is as good as another.
  return /"sk":\{"S":"((?:[^"\\]|\\.)*)"\}/.exec(body.toString())?.[1] ?? '';
}

/** Without the bucket, whose name may be made up: `s3/photos/a.jpg`, and the part's number of a large copy. */
function s3Subject({ pathname, searchParams }: URL): string {
  const [, , ...key] = pathname.split('/');
  return [key.map(decodeURIComponent).join('/'), searchParams.get('partNumber')]
    .filter(Boolean)
    .join(' part ');
}
