/** What the process ends with. Documented in docs/cli.md and in every command's --help: do not renumber. */
export const EXIT = { done: 0, failed: 1, usage: 2, partial: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
