import type { Clock } from '@holdfast/core/ports/clock.ts';
import { bytes, count, duration } from '../text/format.ts';

const EVERY_MS = 100;
const WINDOW_MS = 10_000;
const BAR = 20;

type Total = { readonly objects: number; readonly bytes: number };

/** What has been done of a restore, as a line with a bar, a rate and the time that is left. */
export class TransferProgress {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  readonly #samples: Array<{ readonly at: number; readonly bytes: number }> = [];
  #total: Total = { objects: 0, bytes: 0 };
  #objects = 0;
  #bytes = 0;
  #moved = 0;
  #compared = 0;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  looked(objects: number): void {
    this.#tell(() => `looking at what is to be restored: ${count(objects)} objects`);
  }

  /** Bytes of files that were read just now to compare them. */
  compared(number: number): void {
    this.#compared += number;
    this.#tell(() => `comparing what is there: ${bytes(this.#compared)} read`);
  }

  begin(total: Total): void {
    this.#total = total;
    this.#samples.push({ at: this.#clock(), bytes: 0 });
  }

  /** Bytes that were written just now. */
  moved(number: number): void {
    this.#bytes += number;
    this.#moved += number;
    this.#tell(() => this.#line());
  }

  /** Passes bytes on, and counts them when whoever takes them has taken them. */
  async *counting(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      yield bytes;
      this.moved(bytes.length);
    }
  }

  /** An object is done. @param untouched the bytes of it that did not have to be written */
  done(untouched: number): void {
    this.#objects++;
    this.#bytes += untouched;
    this.#tell(() => this.#line());
  }

  #tell(line: () => string): void {
    const now = this.#clock();
    if (now - this.#saidAt < EVERY_MS) return;
    this.#saidAt = now;
    this.#say(line());
  }

  #line(): string {
    const { objects, bytes: total } = this.#total;
    const share = Math.min(1, total === 0 ? this.#objects / Math.max(1, objects) : this.#bytes / total);
    const bar = '='.repeat(Math.floor(share * BAR)).padEnd(BAR);
    const rate = this.#rate();
    const left =
      rate > 0 ? `, ${bytes(rate)}/s, ${duration(((total - this.#bytes) / rate) * 1000)} left` : '';
    return (
      `[${bar}] ${Math.floor(share * 100)}%, ${bytes(this.#bytes)} of ${bytes(total)}, ` +
      `${count(this.#objects)} of ${count(objects)} objects${left}`
    );
  }

  /** Bytes a second over the last few seconds. */
  #rate(): number {
    const now = this.#clock();
    this.#samples.push({ at: now, bytes: this.#moved });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0] ?? { at: now, bytes: 0 };
    return now === first.at ? 0 : Math.round(((this.#moved - first.bytes) / (now - first.at)) * 1000);
  }
}
