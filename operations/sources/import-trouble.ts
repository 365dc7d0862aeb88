import { jobIs } from '@holdfast/core/model/job.ts';
import { count } from '@holdfast/core/model/text.ts';
import type { SourceJson } from '../json/sources.ts';

/** What is to be said of a source whose last import did not bring in all that there was; at most one line. */
export function importTroubles({ source, lastImport }: Pick<SourceJson, 'source' | 'lastImport'>): string[] {
  if (lastImport === null || lastImport.state === 'done') return [];
  const { job, state, left } = lastImport;
  const many = state === 'partial' ? ` (${count(left)} left out or failed)` : '';
  return [`${source}: its last import ${jobIs(state)}${many}; see: holdfast job ${job}`];
}
