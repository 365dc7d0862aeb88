import { createHash } from 'node:crypto';

/**
 * What the SDK checks bytes with that were stored with a SHA-1: Node's own, without the one in JavaScript that the SDK
 * brings for where there is none, which takes 4 KiB.
 */
export class Sha1 {
  readonly digestLength = 20;
  #hash = createHash('sha1');

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.copy().digest();
  }

  reset(): void {
    this.#hash = createHash('sha1');
  }
}
