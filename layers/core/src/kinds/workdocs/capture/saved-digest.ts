import { createMD5, createSHA256 } from 'hash-wasm';

type Hasher = Awaited<ReturnType<typeof createMD5>>;
const MAKERS = { md5: createMD5, sha256: createSHA256 } as const;

/** A digest whose state can be saved and gone on with elsewhere, which Node's own cannot. */
export class SavedDigest {
  readonly #hasher: Hasher;

  private constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** @param state as {@link save} gave it; absent to begin anew */
  static async open(algorithm: keyof typeof MAKERS, state?: string): Promise<SavedDigest> {
    const hasher = await MAKERS[algorithm]();
    if (state === undefined) hasher.init();
    else hasher.load(Buffer.from(state, 'base64'));
    return new SavedDigest(hasher);
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }

  /** The state until here, base64. */
  save(): string {
    return Buffer.from(this.#hasher.save()).toString('base64');
  }

  /** In lower-case hex. Of no more use afterwards. */
  finish(): string {
    return this.#hasher.digest('hex');
  }
}
