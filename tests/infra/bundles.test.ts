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
const OF_SITES: ReadonlySet<string> = new Set([
  'read-site',
  'capture-documents',
  'import-export',
  'plan-site-restore',
]);

// A function is for one kind of source, and holds no other: but for the addresses of all, which say how sources are named.
const OF_SITES_ONLY = /\/src\/kinds\/workdocs\/(?!address\.ts|model\/site-(key|path|uri)\.ts)/;
const OF_BUCKETS_ONLY = /\/src\/kinds\/s3\/(?!address\.ts|model\/vault-key\.ts)/;

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
  const { outputFiles, metafile } = await build({
    metafile: true,
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
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs: all }) =>
    Object.entries(all).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), inputs };
}

describe('the bundle of', () => {
  it.each(readdirSync(join(ROOT, 'functions')))('%s is within its bound', async (name) => {
    const { code, inputs } = await bundle(name);
    const { length } = code;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual((OF_SITES.has(name) ? SITE_BAR_KIB : BAR_KIB) * KIB);
    const foreign = OF_SITES.has(name) ? OF_BUCKETS_ONLY : OF_SITES_ONLY;
    expect(inputs.filter((file) => foreign.test(file))).toEqual([]);
  });
});
