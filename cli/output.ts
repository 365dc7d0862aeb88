import type { Progress } from './progress.ts';
import { visible, visibleJson } from './text/visible.ts';

/** Standard output or standard error. */
export type TextStream = {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  /** True while what was written waits for a slow reader. */
  readonly writableNeedDrain?: boolean;
  on(event: 'drain' | 'error', listener: () => void): Pick<TextStream, 'on'>;
  off(event: 'drain' | 'error', listener: () => void): Pick<TextStream, 'off'>;
};

/**
 * Where a command says what it found: the answer on standard output, for people or as JSON, and everything beside it
 * on standard error. Whatever a key or a message holds, nothing in it can drive the terminal.
 */
export class Output {
  readonly json: boolean;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  readonly #progress: Progress;

  constructor(streams: { stdout: TextStream; stderr: TextStream }, progress: Progress, json: boolean) {
    this.json = json;
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    this.#progress = progress;
  }

  /** Lines of the answer, for people. */
  lines(...lines: readonly string[]): void {
    this.#progress.clear();
    for (const line of lines) this.#stdout.write(`${visible(line)}\n`);
  }

  /** The answer, for programs: one JSON document on one line. */
  document<T>(value: T): void {
    this.#progress.clear();
    this.#stdout.write(`${visibleJson(value)}\n`);
  }

  /** Either of the two. */
  answer<T>(value: T, lines: () => readonly string[]): void {
    if (this.json) this.document(value);
    else this.lines(...lines());
  }

  /** Bytes as they are, for an answer that is not text. */
  bytes(chunk: Uint8Array): void {
    this.#progress.clear();
    this.#stdout.write(chunk);
  }

  /** True when the answer is shown to a person. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY ?? false;
  }

  /** Something to know beside the answer. */
  note(text: string): void {
    this.#progress.clear();
    this.#stderr.write(`${visible(text)}\n`);
  }

  progress(text: string): void {
    this.#progress.update(text);
  }

  /** Waits until the reader has caught up, so that a long answer takes no memory. */
  async drained(): Promise<void> {
    if (!this.#stdout.writableNeedDrain) return;
    const stdout = this.#stdout;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        stdout.off('drain', goOn).off('error', goOn);
        resolve();
      };
      // With an error, nobody will read on: there is nothing to wait for.
      stdout.on('drain', goOn).on('error', goOn);
    });
  }
}
