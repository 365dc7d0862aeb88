/** `1,234`, `12.3`, `0.0012`: three digits, or all before the point. */
export function figure(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** `45 s`, `3.2 min`, `26 h`, `17 days`. */
export function span(seconds: number): string {
  if (seconds < 120) return `${figure(seconds)} s`;
  if (seconds < 2 * 3600) return `${figure(seconds / 60)} min`;
  if (seconds < 3 * 86_400) return `${figure(seconds / 3600)} h`;
  return `${figure(seconds / 86_400)} days`;
}
