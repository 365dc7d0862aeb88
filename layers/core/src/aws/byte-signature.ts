import { SignatureV4 } from '@smithy/signature-v4';
import { headerOfText } from './header-bytes.ts';

/**
 * Signs over the bytes that are sent. The SDK's own signs over UTF-8, which is the same for all that is UTF-8: a header that
 * is not would be signed over replacement characters. Source: Signature Version 4, "Create a canonical request".
 */
export class ByteSignature extends SignatureV4 {
  protected override createStringToSign(
    longDate: string,
    scope: string,
    canonicalRequest: string,
    algorithm: string,
  ): Promise<string> {
    // The type has only text; what is bytes already is taken as it is.
    const bytes: unknown = Buffer.from(headerOfText(canonicalRequest), 'latin1');
    return super.createStringToSign(longDate, scope, bytes as string, algorithm);
  }

  /** The SDK asks whether anything is there to sign for several regions at once. */
  static sigv4aDependency(): 'none' {
    return 'none';
  }
}
