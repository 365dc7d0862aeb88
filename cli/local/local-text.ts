import { EXIT, type ExitCode } from '../exit-codes.ts';
import { bytes, count, counted } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';
import type { LocalResult } from './local-job.ts';

const SHOWN = 20;

/** What came of a restore, for people. */
export function localLines({ counts, problems, mapped }: LocalResult): string[] {
  const { restored, restoredBytes, right, conflicts, failed, unverified } = counts;
  const lines = [
    `${count(restored)} restored (${bytes(restoredBytes)}), ${count(right)} already right, ` +
      `${counted(conflicts, 'conflict')}, ${count(failed)} failed`,
  ];
  if (unverified > 0)
    lines.push(`${counted(unverified, 'object')} had no checksum that the bytes could be compared with`);
  if (counts.verified > 0) lines.push(`${counted(counts.verified, 'file')} read back and found right`);
  lines.push(
    ...listed(
      problems.map(
        ({ key, reason, detail }) => `${reason}: ${visibleKey(key)}${detail ? ` (${detail})` : ''}`,
      ),
      conflicts + failed + counts.notes,
    ),
  );
  if (counts.mapped > 0)
    lines.push(
      `${counted(counts.mapped, 'key')} cannot be ${counts.mapped === 1 ? 'a path as it is' : 'paths as they are'} (docs/restore-names.md):`,
    );
  lines.push(
    ...listed(
      mapped.map(({ key, path }) => `${visibleKey(key)} -> ${visibleKey(path)}`),
      counts.mapped,
    ),
  );
  return lines;
}

export function localExit({ counts, ended }: LocalResult): ExitCode {
  if (ended === 'interrupted') return EXIT.interrupted;
  if (ended === 'disk-full') return EXIT.failed;
  return counts.conflicts + counts.failed > 0 ? EXIT.partial : EXIT.done;
}

function listed(lines: readonly string[], total: number): string[] {
  const shown = lines.slice(0, SHOWN).map((line) => `  ${line}`);
  const more = total - shown.length;
  return more > 0 ? [...shown, `  and ${count(more)} more`] : shown;
}
