import type { Ora } from 'ora';
import { visible } from './text/visible.ts';

/** What is going on at the moment. It is for people who wait: nothing of it is part of a command's answer. */
export interface Progress {
  update(text: string): void;
  /** Takes the line away again. */
  clear(): void;
}

/** For pipes and files: says nothing. */
const noProgress: Progress = { update() {}, clear() {} };

/** Progress for a stream: none where nobody looks, nor on a terminal that has no width to draw in. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY && stream.columns > 0 ? new SpinnerProgress(stream) : noProgress;
}

/** A line that turns, on a terminal. The library is loaded when the first line is shown. */
class SpinnerProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  #text = '';
  #shown = false;
  #spinner: Ora | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update(text: string): void {
    this.#text = visible(text);
    this.#shown = true;
    if (this.#spinner === undefined) void this.#load();
    else this.#show(this.#spinner);
  }

  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#spinner?.stop();
  }

  async #load(): Promise<void> {
    const { default: ora } = await import('ora');
    // Ctrl+C is ours to hear, so the spinner must not take the keyboard.
    this.#spinner ??= ora({ stream: this.#stream, discardStdin: false, color: false });
    if (this.#shown) this.#show(this.#spinner);
  }

  #show(spinner: Ora): void {
    spinner.text = this.#text;
    if (!spinner.isSpinning) spinner.start();
  }
}
