import type { BenchOptions } from '../options.ts';
import { modelSection } from './section.ts';

/** The section of the report that is reckoned on a virtual clock. */
export async function model({ modelled }: BenchOptions): Promise<string[]> {
  const onProgress = (text: string) => process.stderr.write(`model: ${text}\n`);
  return (await modelSection({ largest: modelled, onProgress })).split('\n');
}
