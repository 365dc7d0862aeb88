import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeNamesOut } from '../../scripts/lib/literal-names.ts';
import { BUNDLE_BYTES, SITE_BUNDLE_BYTES } from '../support/bundle-bounds.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// A function is for one kind of source, and holds no other: but for the addresses of all, which say how sources are named, and
// the kinds of jobs, where reports are written and restores accepted.
const OF_SITES_ONLY =
  /\/src\/kinds\/workdocs\/(?!address\.ts|model\/site-(key|path|uri)\.ts|crawl\/crawl-job\.ts|import\/(import-job|import-command|end-import|is-import)\.ts)/;
const OF_BUCKETS_ONLY = /\/src\/kinds\/s3\/(?!address\.ts|model\/vault-key\.ts)/;

type BuildProperties = {
  readonly Target: string;
  readonly MainFields: string;
  readonly Alias: readonly string[];
  readonly Banner: readonly string[];
};

type Room = {
  readonly Globals: unknown;
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Metadata?: { readonly BuildProperties: BuildProperties };
        readonly Properties: { readonly CodeUri?: string };
      }
    >
  >;
};
const ROOMS = readdirSync(join(ROOT, 'stacks'));
const room = (name: string): Room =>
  parse(readFileSync(join(ROOT, 'stacks', name, 'template.yaml'), 'utf8'), {
    logLevel: 'silent',
    merge: true,
  });
const functionsOf = (name: string) =>
  Object.values(room(name).Resources).filter(({ Type }) => Type === 'AWS::Serverless::Function');

/** What `sam build` is told by the templates, as esbuild's own options. */
const [properties = expect.fail()] = functionsOf('s3').map(({ Metadata }) => Metadata?.BuildProperties);

/** @param name as `s3/capture-changes` */
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
  // As `npm ci` leaves it; a checkout may have been updated since. It ends with the name of a client that is built otherwise.
  beforeAll(() => writeNamesOut(ROOT));

  it.each(
    ROOMS.flatMap((kind) => readdirSync(join(ROOT, 'functions', kind)).map((name) => `${kind}/${name}`)),
  )('%s is within its bound', async (name) => {
    const { code, inputs } = await bundle(name);
    const { length } = code;
    const isOfSites = name.startsWith('workdocs/');
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(isOfSites ? SITE_BUNDLE_BYTES : BUNDLE_BYTES);
    const foreign = isOfSites ? OF_BUCKETS_ONLY : OF_SITES_ONLY;
    expect(inputs.filter((file) => foreign.test(file))).toEqual([]);
  });
});

// SAM has no place for what the templates of several stacks share: neither Globals nor build settings go down to nested ones.
describe('the rooms of stacks/', () => {
  it.each(ROOMS)('%s builds its functions as all others do, and tells them the same', (name) => {
    expect(room(name).Globals).toEqual(room('s3').Globals);
    for (const { Metadata } of functionsOf(name)) expect(Metadata?.BuildProperties).toEqual(properties);
  });

  it.each(ROOMS)('%s has the functions of its folder, and no other', (name) => {
    const built = functionsOf(name).map(({ Properties }) => Properties.CodeUri);
    const folders = readdirSync(join(ROOT, 'functions', name)).map((one) => `../../functions/${name}/${one}`);
    expect(built.sort()).toEqual(folders.sort());
  });

  it('are those of functions/, and one of them is for what all kinds share', () => {
    expect(readdirSync(join(ROOT, 'functions'))).toEqual(ROOMS);
    expect(ROOMS).toEqual(['jobs', 's3', 'workdocs']);
  });
});
