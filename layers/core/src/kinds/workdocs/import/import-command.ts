import { shellWords } from '../../../model/shell-words.ts';

/**
 * The command that does an import again, as one line for a shell.
 *
 * @param request what its job was asked for: an export, and perhaps a pattern for versions
 * @param options what else it is told
 */
export function importCommand(request: unknown, source: string, ...options: readonly string[]): string {
  const asked = typeof request === 'object' && request !== null ? request : {};
  const from = 'export' in asked ? String(asked.export) : '…';
  // Without it, what was a version would be a document of its own.
  const named = 'versionsNamed' in asked ? ['--versions-named', String(asked.versionsNamed)] : [];
  return shellWords([
    ...['holdfast', 'import', 'workdocs-export', from],
    ...['--as', source],
    ...named,
    ...options,
  ]);
}
