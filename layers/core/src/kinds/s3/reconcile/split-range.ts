import { compareKeys } from '../../../model/byte-order.ts';
import { defined } from '../../../model/defined.ts';
import type { ListingWorld } from '../../../ports/world.ts';
import type { KeyRange } from '../../../vault/listings.ts';

const MAX_PROBES = 6;
const FIRST_CODE_POINT = 0x01;
const LAST_CODE_POINT = 0x10ffff;
// Most keys are printable ASCII: halving that span first finds a middle in far fewer probes than halving all Unicode.
const LAST_USUAL_CODE_POINT = 0x7e;

/**
 * Finds a key that cuts a range in two parts which both have objects, by guessing keys and asking S3 for the first one
 * after each. Costs at most six listings of one key; undefined when no cut was found by then.
 */
export async function findMiddle(
  bucket: string,
  prefix: string | undefined,
  range: KeyRange & { readonly after: string },
  { store }: Pick<ListingWorld, 'store'>,
): Promise<string | undefined> {
  const base = range.until === undefined ? (prefix ?? '') : commonStart(range.after, range.until);
  const low = codePointAt(range.after, base, FIRST_CODE_POINT);
  let high = codePointAt(
    range.until,
    base,
    Math.min(Math.max(LAST_USUAL_CODE_POINT, low + 2), LAST_CODE_POINT),
  );
  for (let probes = 0; probes < MAX_PROBES && high - low > 1; probes++) {
    const middle = skipSurrogates(Math.floor((low + high) / 2));
    const guess = base + String.fromCodePoint(middle);
    const page = await store.list({
      bucket,
      after: guess,
      limit: 1,
      ...defined({ prefix }),
    });
    const found = page.objects[0]?.key;
    if (found !== undefined && isBefore(found, range.until))
      return isBefore(guess, range.until) ? guess : found;
    high = middle;
  }
  return undefined;
}

/** What both ends begin with; every key between them begins so too. */
function commonStart(after: string, until: string): string {
  const a = [...after];
  const b = [...until];
  const length = a.findIndex((char, index) => char !== b[index]);
  return a.slice(0, length === -1 ? a.length : length).join('');
}

function codePointAt(key: string | undefined, base: string, otherwise: number): number {
  return key?.slice(base.length).codePointAt(0) ?? otherwise;
}

function skipSurrogates(codePoint: number): number {
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xe000 : codePoint;
}

function isBefore(key: string, until: string | undefined): boolean {
  return until === undefined || compareKeys(key, until) < 0;
}
