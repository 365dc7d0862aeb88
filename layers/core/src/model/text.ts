import prettyBytes from 'pretty-bytes';

/** `1234567` → `1,234,567`; the same in every locale. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `3 objects`, `1 object`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Sizes in powers of 1,024, as every S3 tool shows them. */
export function bytes(n: number): string {
  return prettyBytes(n, { binary: true });
}
