/**
 * How fast the stack works with the template's settings, and what its functions cost while they do: by the model
 * (`npm run bench -- --only model`), which says so when these have drifted from it.
 */
export const SPEED = {
  /** Objects a second. */
  firstBackup: 900,
  restore: 1000,
  /** Seconds until instances have started, and until the last of a job's steps are done. */
  startOfCopies: 3,
  startOfCompare: 0.5,
  /** Keys a second, where all keys begin alike; several times as many where they do not. */
  compare: 3000,
  /** Bytes a second that S3 copies for all functions together: assumed, a tenth of a GB for each of 160 requests. */
  copiedBytes: 16e9,
} as const;

/** GB-seconds and invocations of Lambda, and GB of logs, for each object or key. */
export const FUNCTION_USAGE = {
  firstBackup: { gbSeconds: 0.0049, invocations: 0.0101, logGb: 2.1e-8 },
  restore: { gbSeconds: 0.0042, invocations: 0.0101, logGb: 2.1e-8 },
  compare: { gbSeconds: 0.00008, invocations: 0.00007, logGb: 1.5e-10 },
  /** Beside what it compares: a start, mostly. Assumed, a second of 256 MiB and a bit. */
  check: { gbSeconds: 0.3, invocations: 1, logGb: 2.04e-6 },
  /** For a change that is alone in its batch. */
  change: { gbSeconds: 0.028, invocations: 1, logGb: 2.04e-6 },
} as const;
