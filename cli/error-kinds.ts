/** What kind of trouble it was, for programs that read `--json`. */
export const ERROR_KINDS = [
  'usage',
  'input',
  'no-stack',
  'credentials',
  'region',
  'connection',
  'access-denied',
  'failed',
  'interrupted',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];
