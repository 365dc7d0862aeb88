import { createHash } from 'node:crypto';

/**
 * Makes ids that look like WorkDocs' own, the same ones in every run. Their shapes are those of the examples in the AWS
 * CLI's reference of WorkDocs.
 */
export class SiteIds {
  readonly #organizationId: string;
  #made = 0;

  constructor(organizationId: string) {
    this.#organizationId = organizationId;
  }

  /** `S-1-5-21-1692074632-1250882497-497425265-1101&d-9067e0513b`. */
  user(): string {
    return `S-1-5-21-1692074632-1250882497-497425265-${1_100 + this.#count()}&${this.#organizationId}`;
  }

  /** 64 hexadecimal digits: of a folder or a document. */
  resource(): string {
    return this.#hash();
  }

  /** `1536773972914-ddb67663…`: the moment in milliseconds, then 64 hexadecimal digits; of a version or a comment. */
  timed(at: number): string {
    return `${at}-${this.#hash()}`;
  }

  #hash(): string {
    return createHash('sha256').update(`${this.#organizationId}/${this.#count()}`).digest('hex');
  }

  #count(): number {
    this.#made += 1;
    return this.#made;
  }
}
