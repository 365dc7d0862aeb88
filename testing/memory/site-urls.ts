import { createHmac } from 'node:crypto';

/** As the examples of the AWS CLI's reference have it: `X-Amz-Expires=899`. */
const LIFETIME_MS = 899_000;

/** What a signed URL leads to. */
export type SignedPlace = {
  readonly purpose: 'source' | 'upload';
  readonly documentId: string;
  readonly versionId: string;
};
type Verdict =
  | { readonly state: 'good' | 'expired'; readonly place: SignedPlace }
  | { readonly state: 'forged' };

/** Signs and checks the URLs by which a site gives and takes bytes. */
export class SiteUrls {
  /** Where the bytes are served; a server over the site puts its own address here. */
  base = 'https://workdocs.invalid';
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(place: SignedPlace, now: number): string {
    const url = new URL(`/${place.purpose}/${place.documentId}/${place.versionId}`, this.base);
    const expires = String(now + LIFETIME_MS);
    url.searchParams.set('X-Amz-Date', String(now));
    url.searchParams.set('X-Amz-Expires', expires);
    url.searchParams.set('X-Amz-Signature', this.#signature(url.pathname, expires));
    return url.href;
  }

  check(href: string, now: number): Verdict {
    const url = new URL(href);
    const expires = url.searchParams.get('X-Amz-Expires') ?? '';
    const [, purpose, documentId = '', versionId = ''] = url.pathname.split('/');
    const isSigned = url.searchParams.get('X-Amz-Signature') === this.#signature(url.pathname, expires);
    if (!isSigned || (purpose !== 'source' && purpose !== 'upload')) return { state: 'forged' };
    return { state: now < Number(expires) ? 'good' : 'expired', place: { purpose, documentId, versionId } };
  }

  #signature(path: string, expires: string): string {
    return createHmac('sha256', this.#secret).update(`${path}\n${expires}`).digest('hex');
  }
}
