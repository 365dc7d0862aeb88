/** A table in Markdown; no rows, no table. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A number with as many digits as say something: 0.0123, 0.45, 6.7, 89, 1,234. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 99.5) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(2)));
}

/** Requests by kind, in words. */
export function kinds(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).filter(([, n]) => n > 0);
  return shown.map(([kind, n]) => `${n.toLocaleString('en-US')} ${kind}`).join(', ') || 'none';
}
