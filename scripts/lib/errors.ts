/** What a script could not do, in one line that names the way out; `detail` is a tool's own output, shown below it. */
export class CloudError extends Error {
  override readonly name: string = 'CloudError';
  readonly detail: string;

  constructor(message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.detail = options.detail ?? '';
  }
}

/** The caller asked for something that does not exist: exit code 2. */
export class CloudUsageError extends CloudError {
  override readonly name = 'CloudUsageError';
}

/** The last lines of a tool's output or a log: enough to see why it failed. */
export function lastLines(text: string, count = 15): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
