const LOOKS = 3;

/**
 * Whether access that is denied is worth another look: rights that were just given (a new source, a mended key policy) take
 * some seconds to hold. A message with nothing else is delivered three times, 5 and 15 seconds apart, before it is told of.
 *
 * @param code of an error, or the reason of what was not captured or restored
 */
export function mayStillPass(code: string | undefined, receiveCount: number): boolean {
  return code === 'access-denied' && receiveCount < LOOKS;
}
