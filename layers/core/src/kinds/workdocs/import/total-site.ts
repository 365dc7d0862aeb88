import { defined } from '../../../model/defined.ts';
import { siteUri } from '../model/site-uri.ts';
import type { TotalStep } from './import-messages.ts';
import { type StepContext, type StepResult, timeIsShort } from './import-world.ts';

/** Entries that one step adds up. */
const MAX_ENTRIES = 50_000;

/** Adds up the next documents of the site, as crawls count them; behind the last one, its row gets the totals. */
export async function totalSite(step: TotalStep, context: StepContext): Promise<StepResult> {
  const { catalog } = context.world;
  const source = siteUri(context.run.site);
  let { after, objects, bytes, unprotected } = step;
  for (let seen = 0, more = true; more; ) {
    const page = await catalog.listEntries(source, { prefix: 'document/', ...defined({ after }) });
    for (const { state, size = 0 } of page.entries) {
      if (state === 'current') objects++;
      if (state === 'current') bytes += size;
      if (state === 'unprotected') unprotected++;
    }
    after = page.entries.at(-1)?.key ?? after;
    more = page.more;
    seen += page.entries.length;
    if (more && (seen >= MAX_ENTRIES || timeIsShort(context))) {
      const name = step.step.replace(/\d+$/, (digits) => String(Number(digits) + 1));
      const next: TotalStep = { ...step, step: name, objects, bytes, unprotected, ...defined({ after }) };
      return { continuations: [next] };
    }
  }
  await catalog.resetTotals(source, { objects, bytes, unprotected });
  return { openRanges: -1 };
}
