import { describe, expect, it } from 'vitest';
import { crawlOf } from '../../../bench/workdocs/crawl-probe.ts';
import { scaleSection } from '../../../bench/workdocs/scale-section.ts';

describe('the measured crawl', () => {
  it('captures every document of the site, with so many requests for each', async () => {
    const { state, site, vault, catalog } = await crawlOf(250);
    expect(state).toBe('done');
    // Three folders, the root folder, and a user beside them.
    expect(vault).toEqual({ write: 250, put: 250 + 3 + 1 + 1 });
    expect(catalog['putEntry']).toBe(255);
    expect(site).toMatchObject({ document: 250, versions: 250, version: 250, download: 250, comments: 250 });
    expect(site['folderContents']).toBe(3 + 1 + 1);
  });

  it('is told with its bar, and with what did not end well', async () => {
    const crawled = { ...(await crawlOf(1)), seconds: 1, cpuSeconds: 1, peakMiB: 300 };
    const lines = scaleSection([{ ...crawled, state: 'partial' }]);
    expect(lines.at(-1)).toBe('Bar: within 256 MiB of resident memory: missed.');
    expect(lines).toContain('The crawl of 1 documents ended as partial.');
  });
});
