import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Report } from '@holdfast/core/model/report.ts';
import { reportHtml as pageOf } from '@holdfast/core/report/report-html.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORTS } from '../../support/reports.ts';
import { findTool } from '../../support/tool.ts';

const reportHtml = (report: Report) => pageOf(report, JOBS);

const chromium = findTool(
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  process.env['HOLDFAST_CHROMIUM'],
);

let server: Server;
let profile: string;
let pages: Record<string, string> = {};
let asked: string[] = [];

beforeAll(async () => {
  profile = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const page = pages[url];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
  rmSync(profile, { recursive: true, force: true });
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Opens a page as a person does. @returns what became of it, and everything that was asked for */
async function open(page: string): Promise<{ dom: string; asked: string[] }> {
  pages = { '/page': page };
  asked = [];
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`];
  const run = promisify(execFile);
  const { stdout } = await run(chromium ?? '', [...flags, '--dump-dom', `${origin()}/page`], {
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { dom: stdout, asked };
}

/** What would run or ask, if any of it came through as it is. */
function attacks(): string[] {
  return [
    '<script>document.title = "ran"</script>',
    `<script src="${origin()}/script"></script>`,
    `<img src="${origin()}/img" onerror="document.title = 'ran'">`,
    `"><style>body{background:url(${origin()}/style)}</style>`,
    `</style></title><iframe src="${origin()}/frame"></iframe>`,
    `<meta http-equiv="refresh" content="0;url=${origin()}/refresh">`,
    `<link rel="stylesheet" href="${origin()}/link">`,
  ];
}

function attacked(): Report {
  const problems = attacks().map((key) => ({ key, reason: key, detail: key }));
  const message = attacks().join('');
  const reasons = problems.map(({ reason }) => ({ reason, count: 1 }));
  return {
    ...REPORTS.partial,
    ...{ source: message, jobId: message, trigger: message, message, problems, reasons },
    askedBy: { name: message, sender: message },
    request: { prefix: message, target: message, at: message, include: attacks(), [message]: message },
    counts: { [message]: 1, ...REPORTS.partial.counts },
  };
}

describe.skipIf(chromium === undefined)('the page in Chromium', { timeout: 120_000 }, () => {
  it('runs nothing and asks for nothing, whatever is in keys, names and messages', async () => {
    const { dom, asked } = await open(reportHtml(attacked()));
    expect(asked).toEqual(['/page']);
    expect(dom).toMatch(/<title>Partly done: /);
    expect(dom).not.toMatch(/<(script|img|iframe|link)\b/);
  });

  it('is held back by its policy as well, were anything not escaped', async () => {
    const page = reportHtml(attacked()).replace('<main>', `<main>${attacks().slice(0, 5).join('')}`);
    const { dom, asked } = await open(page);
    expect(asked).toEqual(['/page']);
    expect(dom).toContain('<img');
    expect(dom).not.toContain('<title>ran</title>');
  });

  it('would have been seen to: without both, it runs and asks', async () => {
    const { dom, asked } = await open(`<!doctype html><title>x</title>${attacks().slice(0, 3).join('')}`);
    expect(dom).toContain('<title>ran</title>');
    expect(asked).toContain('/script');
  });
});
