import { keyBytes, MAX_KEY_BYTES } from '../model/byte-order.ts';
import { isTargetItself } from '../model/target-key.ts';

type Why = { readonly reason: string; readonly detail: string };

/**
 * Why an object cannot be brought to its key at a bucket, whatever is there; undefined when it can.
 *
 * @param version.size absent where it is not known yet: then a marker is taken for empty
 */
export function whyNotWritten(
  {
    key,
    version,
    lacking = '',
  }: {
    readonly key: string;
    readonly version: { readonly versionId: string; readonly size?: number };
    readonly lacking?: string | undefined;
  },
  to: string,
): Why | undefined {
  if (keyBytes(to) > MAX_KEY_BYTES)
    return { reason: 'key-too-long', detail: 'the target prefix makes the key longer than 1,024 bytes' };
  if (version.versionId === '') return { reason: 'not-in-vault', detail: lacking };
  if (to !== '' || isTargetItself(key, to, version.size ?? 0)) return undefined;
  const detail = 'nothing is left of its key at the target: give the target a prefix, or strip less';
  return { reason: 'key-empty', detail };
}
