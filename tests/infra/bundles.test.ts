import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KIB = 1024;
const BAR_KIB = 500;
/** With the clients of WorkDocs and STS, or readers of zips and tables: see docs/adr/0024. */
const SITE_BAR_KIB = 640;
const OF_SITES: ReadonlySet<string> = new Set(['read-site', 'capture-documents', 'import-export']);

type BuildProperties = {
  readonly Target: string;
  readonly MainFields: string;
  readonly Alias: readonly string[];
  readonly Banner: readonly string[];
};

/** What `sam build` is told by the template, as esbuild's own options. */
const template = parse(readFileSync(join(ROOT, 'template.yaml'), 'utf8'), {
  logLevel: 'silent',
  merge: true,
});
const properties = template.Resources.CaptureChangesFunction.Metadata.BuildProperties as BuildProperties;

async function bundle(name: string) {
  const folder = join(ROOT, 'functions', name);
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['handler.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: properties.Target,
    mainFields: properties.MainFields.split(','),
    alias: Object.fromEntries(properties.Alias.map((pair) => pair.split('=') as [string, string])),
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

describe('the bundle of', () => {
  it.each(readdirSync(join(ROOT, 'functions')))('%s is within its bound', async (name) => {
    const { length } = await bundle(name);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual((OF_SITES.has(name) ? SITE_BAR_KIB : BAR_KIB) * KIB);
  });
});
