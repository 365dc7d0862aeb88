import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Pipeline, SOURCE, VAULT } from '../support/pipeline.ts';
import { KEYS, Run } from './run.ts';
import { anyStep, type Step } from './steps.ts';

// HOLDFAST_HISTORIES=20000 HOLDFAST_SEED=7 npx vitest run --project unit tests/simulation
const HISTORIES = Number(process.env['HOLDFAST_HISTORIES'] ?? 2000);
const SEED = Number(process.env['HOLDFAST_SEED'] ?? 1);

it('whatever happens, vault and catalog end as the source is, and every moment can be restored', async () => {
  const steps = fc.array(anyStep, { minLength: 2, maxLength: 40, size: 'max' });
  const moments = fc.array(fc.nat(100), { maxLength: 2 });
  const holds = async (history: Step[], versioned: boolean, percent: number[]) => {
    expect(await outcome(history, versioned, percent)).toEqual([]);
  };
  const property = fc.asyncProperty(steps, fc.boolean(), moments, holds);
  await fc.assert(property, { numRuns: HISTORIES, seed: SEED });
}, 1_200_000);

async function check(run: Run): Promise<string[]> {
  const { p } = run;
  const wrong: string[] = [];
  for (const k of KEYS) {
    const name = k.slice(0, 1);
    const source = p.s3.bucket(SOURCE).current(k);
    const place = vaultPlace(SOURCE, k).key;
    const [newest] = p.s3.bucket(VAULT).versions(place);
    const entry = await p.catalog.getEntry(sourceUri(SOURCE), k);
    if (source === undefined) {
      if (newest?.content !== undefined) wrong.push(`${name}: gone at the source, on top in the vault`);
      if (entry !== undefined && entry.state !== 'deleted')
        wrong.push(`${name}: gone, entry ${entry.state} ${entry.reason}`);
      continue;
    }
    if (newest?.content === undefined) {
      wrong.push(`${name}: in the source, not on top in the vault (entry ${entry?.state} ${entry?.reason})`);
      continue;
    }
    const a = source.content;
    const b = newest.content;
    if (!a.body.equals(b.body)) wrong.push(`${name}: other bytes`);
    if (JSON.stringify(a.metadata) !== JSON.stringify(b.metadata)) wrong.push(`${name}: other metadata`);
    if (JSON.stringify(a.tags) !== JSON.stringify(b.tags))
      wrong.push(`${name}: other tags ${JSON.stringify([a.tags, b.tags])}`);
    if (entry?.state !== 'current') wrong.push(`${name}: entry ${entry?.state} ${entry?.reason}`);
    else if (entry.vaultVersionId !== newest.versionId)
      wrong.push(`${name}: entry names a version that is not on top`);
  }
  for (const job of await p.catalog.listJobs())
    if (job.state === 'running') wrong.push(`job ${job.id} never ended`);
  return wrong;
}

/** What the vault had on top of each key at a moment, by its own history. */
function modelAt(p: Pipeline, at: number): Map<string, string> {
  const model = new Map<string, string>();
  for (const k of KEYS) {
    const versions = p.s3.bucket(VAULT).versions(vaultPlace(SOURCE, k).key);
    const then = versions.find((v) => v.lastModified <= at);
    if (then?.content !== undefined) model.set(k, then.content.body.toString('hex'));
  }
  return model;
}

/** Plays a history, with events lost, doubled, reordered, and handlers killed or side by side; then a clean reconcile. */
async function outcome(steps: Step[], versioned: boolean, moments: number[]): Promise<string[]> {
  const run = new Run(versioned);
  const { p } = run;
  await p.protect();
  const start = p.now;
  for (const s of steps) await run.do(s);
  await run.rest();
  p.pass(4 * 3600);
  await run.do({ op: 'reconcile' });
  await run.rest();
  const wrong = await check(run);
  const total = p.now - start;
  for (const [n, m] of moments.entries()) {
    const at = start + Math.floor((total * m) / 100);
    const target = `holdfast-restore-${n}`;
    p.s3.createBucket(target);
    const job = await p.restore(`j${n}`, { target: `s3://${target}`, at: new Date(at).toISOString() });
    // A vault that never had anything of the source refuses.
    const hadSome = KEYS.some((key) => p.s3.bucket(VAULT).versions(vaultPlace(SOURCE, key).key).length > 0);
    if (job.state !== (hadSome ? 'done' : 'failed')) wrong.push(`restore at ${m} is ${job.state}`);
    const got = new Map(
      p.s3.keys(target).map((k) => [k, p.s3.object(target, k).content.body.toString('hex')]),
    );
    const want = modelAt(p, at);
    if (JSON.stringify([...got].sort()) !== JSON.stringify([...want].sort()))
      wrong.push(`restore at ${m} differs`);
    const again = await p.restore(`j${n}b`, { target: `s3://${target}`, at: new Date(at).toISOString() });
    if ((again.counts['restored'] ?? 0) > 0) wrong.push('a second restore copied');
  }
  return wrong;
}
