/** What ends a command from outside: Ctrl+C, `kill` or a shutdown, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npx passes a Ctrl+C on that the terminal has sent already, and `timeout` sends its signal twice: that is one. */
const ANEW_MS = 1_000;

type Signalled = { on(signal: NodeJS.Signals, listener: () => void): unknown };

/**
 * Ends what runs when this process is told to: what is being written is put away first.
 *
 * @param exit who presses Ctrl+C once more does not want to wait for that
 * @param clock ms, by a clock that nobody sets
 */
export function endOnSignals(
  process: Signalled,
  interrupt: AbortController,
  exit: () => void,
  clock: () => number,
): void {
  let endedAt = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!interrupt.signal.aborted) {
        endedAt = clock();
        interrupt.abort();
      } else if (signal === 'SIGINT' && clock() - endedAt >= ANEW_MS) exit();
    });
  }
}
