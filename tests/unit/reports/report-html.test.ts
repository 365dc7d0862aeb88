import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Report } from '@holdfast/core/model/report.ts';
import { reportHtml as pageOf } from '@holdfast/core/report/report-html.ts';
import { type DefaultTreeAdapterTypes, html, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS, REPORTS } from '../../support/reports.ts';

const reportHtml = (report: Report) => pageOf(report, JOBS);

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;

/** Every element of a page, as a browser's parser makes them. */
function elementsOf(page: string): Element[] {
  const walk = (node: Node): Element[] => [
    ...('tagName' in node ? [node] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parse(page));
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function attributesOf(elements: readonly Element[]): Array<{ name: string; value: string }> {
  return elements.flatMap(({ attrs }) => attrs);
}

const OWN_ELEMENTS = new Set(
  (
    'html head meta title style body header main footer section h1 h2 h3 p div span b bdi code pre time ' +
    'ol ul li dl dt dd br svg rect table thead tbody tr th td'
  ).split(' '),
);
const OWN_ATTRIBUTES = new Set(
  (
    'lang charset http-equiv content name class datetime aria-hidden aria-label role viewBox ' +
    'preserveAspectRatio x y width height'
  ).split(' '),
);

const named = Object.entries(REPORTS) as Array<[keyof typeof REPORTS, Report]>;

describe.each(named)('the page of a report: %s', (_, report) => {
  const page = reportHtml(report);
  const elements = elementsOf(page);

  it('has no element and no attribute but its own, whatever is in keys and messages', () => {
    expect(
      elements.filter(({ tagName }) => !OWN_ELEMENTS.has(tagName)).map(({ tagName }) => tagName),
    ).toEqual([]);
    const strange = attributesOf(elements).filter(({ name }) => !OWN_ATTRIBUTES.has(name));
    expect(strange).toEqual([]);
    expect(elements.filter(({ namespaceURI }) => namespaceURI === html.NS.SVG).length).toBeGreaterThanOrEqual(
      report.reasons.length > 0 ? 2 : 0,
    );
  });

  it('loads nothing and lets nothing run: one style of its own, and a policy that forbids the rest', () => {
    expect(elements.filter(({ tagName }) => tagName === 'style')).toHaveLength(1);
    const policies = elements.filter(({ attrs }) =>
      attrs.some(({ name, value }) => name === 'http-equiv' && value === 'Content-Security-Policy'),
    );
    expect(policies.map(({ attrs }) => attrs.find(({ name }) => name === 'content')?.value)).toEqual([
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    ]);
    // The policy counts for what comes behind it.
    const head = elements.find(({ tagName }) => tagName === 'head');
    expect(head?.childNodes.filter((node) => 'tagName' in node).slice(0, 2)).toMatchObject([
      { attrs: [{ name: 'charset', value: 'utf-8' }] },
      { attrs: [{ name: 'http-equiv' }, { name: 'content' }] },
    ]);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('has no character that a reader could be deceived by, or a browser obey', () => {
    expect(page.replaceAll('\n', '')).not.toMatch(
      /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u,
    );
  });
});

describe('what the page says', () => {
  it('has every key that it lists as it is, but for what is written out', () => {
    const shown = elementsOf(reportHtml(REPORTS.partial))
      .filter(({ attrs }) => attrs.some(({ name, value }) => name === 'class' && value === 'key'))
      .map((node) => textOf(node).replace(/#\d+$/, ''));
    for (const text of HOSTILE_TEXTS.slice(0, 11)) expect(shown).toContain(text);
    expect(shown).toContain('invoice\\u202egpj.exe');
    expect(shown).toContain('lone \\ud800 surrogate \\udc00');
    expect(shown).toContain('a\\x00b\\x07c\\x1b[31mred\\r\\nnext');
    expect(shown).toContain('C:\\\\back\\\\slash');
    expect(shown).toContain('ملف/صورة.jpg');
  });

  it('lists a hundred objects of a reason, and says how many more there are', () => {
    const page = reportHtml(REPORTS.partial);
    expect(page).toContain('and 40 more: the JSON report beside this page has all of them');
    const many = { ...REPORTS.partial, reasons: [{ reason: 'conflict', count: 2_000_000 }] };
    expect(reportHtml(many)).toContain(
      'and 1,999,900 more: the JSON report beside this page has 140 of them',
    );
    expect(reportHtml({ ...REPORTS.partial, problemsCutShort: true })).toContain('too many to read them all');
  });

  it.each([
    ['done', 'Done', 'All 48,212 objects are in place.'],
    [
      'partial',
      'Partly done',
      '48,012 of 48,212 objects are in place; 140 differed and were left alone; 60 failed.',
    ],
    ['failed', 'Failed', 'Nothing was restored.'],
    ['cancelled', 'Cancelled', '12,001 of 48,212 objects are in place.'],
    ['held', 'Needs attention', '1,158,440 objects compared, 12 captured, 1 missed by events.'],
    ['crawl', 'Needs attention', '3 users, folders and documents listed, 1 captured.'],
    ['ended', 'Needs attention', '0 users, folders and documents listed, 0 captured.'],
    ['imported', 'Partly imported', '1 of 8 entries imported, 6 there already, 1 failed.'],
    ['verify', 'Damage found', '300 of 12,400 versions in the vault read: 298 are as recorded.'],
  ] as const)('begins with the verdict: %s', (name, verdict, sentence) => {
    const elements = elementsOf(reportHtml(REPORTS[name]));
    const heading = elements.find(({ tagName }) => tagName === 'h1');
    expect(heading && textOf(heading)).toMatch(new RegExp(`^\\S ${verdict}$`));
    expect(elements.filter(({ tagName }) => tagName === 'p').map(textOf)).toContain(sentence);
  });

  it('tells what to do: the command that goes on, or the choice that is a person’s', () => {
    expect(reportHtml(REPORTS.partial)).toContain(
      '<code>holdfast job restore-20260301-031200-1a2b3c4d --resume --wait</code>',
    );
    expect(reportHtml(REPORTS.held)).toContain('<code>holdfast approve s3://photos</code>');
    expect(reportHtml(REPORTS.rejected)).not.toContain('--resume');
    expect(reportHtml(REPORTS.done)).not.toContain('What to do');
  });

  it('says what lies on top in the vault that nobody recorded, and how it is mended', () => {
    const counts = { versions: 9, sampled: 9, right: 9, foreign: 1, hidden: 2 };
    const page = textOf(parse(reportHtml({ ...REPORTS.verify, counts })));
    expect(page).toContain('Damage found');
    expect(page).toContain(
      '9 of 9 versions in the vault read, all as recorded; 1 on top that nobody recorded; 2 hidden.',
    );
    expect(page).toContain('holdfast reconcile s3://photos --vault --wait');
    expect(page).not.toContain('holdfast versions');
  });

  it('tells how to import again: as it was imported, in words that a shell takes', () => {
    const request = { export: 's3://exports/the year/', versionsNamed: '{name} (v{n}){ext}' };
    expect(textOf(parse(reportHtml({ ...REPORTS.imported, request })))).toContain(
      "holdfast import workdocs-export 's3://exports/the year/' --as workdocs://d-1234567890 --versions-named '{name} (v{n}){ext}' --wait",
    );
  });

  it('draws what a site listed and what an export had, and not what the catalog knows', () => {
    const legend = (name: keyof typeof REPORTS) =>
      elementsOf(reportHtml(REPORTS[name]))
        .filter(({ tagName }) => tagName === 'li')
        .map(textOf)
        .map((text) => text.trim());
    expect(legend('crawl')).toEqual(
      expect.arrayContaining(['1 captured now', '2 as the backup has them', '4 missing at the source']),
    );
    expect(legend('ended').join()).not.toContain('as the backup has them');
    expect(legend('imported')).toEqual(expect.arrayContaining(['1 imported', '6 there already', '1 failed']));
  });

  it('does not tell people to approve what the end of WorkDocs looks like', () => {
    const page = reportHtml(REPORTS.ended);
    expect(page.indexOf('holdfast unprotect')).toBeLessThan(page.indexOf('holdfast approve'));
    expect(reportHtml(REPORTS.crawl)).not.toContain('holdfast unprotect');
  });

  it('has who asked, the moment, the lag and the time it took', () => {
    const text = textOf(parse(reportHtml(REPORTS.done)));
    expect(text).toContain('arn:aws:sts::111122223333:assumed-role/on-call/anna (AROAEXAMPLE:anna)');
    expect(text).toContain('As of2026-02-28 18:00:00 UTC');
    expect(text).toContain('Took (RTO)35m 21s');
    expect(textOf(parse(reportHtml(REPORTS.held)))).toContain('half within 1s, 99 % within 5s');
  });

  it('draws one object among millions, and nothing of none', () => {
    const counts = { planned: 5_000_000, restored: 4_999_999, failed: 1 };
    const rects = elementsOf(reportHtml({ ...REPORTS.done, counts })).filter(
      ({ tagName }) => tagName === 'rect',
    );
    const widths = rects.map(({ attrs }) => Number(attrs.find(({ name }) => name === 'width')?.value));
    expect(widths).toHaveLength(2);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(6);
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1000, 0);
    expect(reportHtml({ ...REPORTS.done, counts: {} })).not.toContain('<svg');
  });
});
