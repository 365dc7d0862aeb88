import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { run } from '../../scripts/lib/run.ts';
import { bundled } from './bundled.ts';
import { layered } from './layered.ts';
import { functionNames, type Packaging, type Packed } from './packaging.ts';
import { type Start, start } from './probe.ts';
import { unbundled } from './unbundled.ts';

const EVICT = resolve(import.meta.dirname, 'evict.py');
const PACKAGINGS: readonly Packaging[] = [bundled, layered, unbundled];

/** All starts of one function in one packaging. */
export type PackagedStarts = {
  readonly functionName: string;
  readonly packaging: string;
  readonly bytes: number;
  readonly files: number;
  /** The function's files are in the page cache. */
  readonly warm: readonly Start[];
  /** They have to be read from the disk. */
  readonly cold: readonly Start[];
};

type Candidate = Omit<PackagedStarts, 'warm' | 'cold'> & {
  readonly packed: Packed;
  readonly warm: Start[];
  readonly cold: Start[];
};

/** Starts each function in each packaging, one after the other, as many times as told. */
export async function measureStarts(runs: number): Promise<PackagedStarts[]> {
  const { python } = await checkoutVenv();
  // On the disk that the build is on: a folder of temporary files may be in memory only.
  const base = join(ROOT, '.holdfast');
  await mkdir(base, { recursive: true });
  const folder = await mkdtemp(join(base, 'starts-'));
  try {
    const candidates = await packAll(folder);
    for (let done = 0; done < runs; done++) {
      for (const { packed, warm, cold } of candidates) {
        const { code, output } = await run(python, [EVICT, ...packed.folders]);
        if (code !== 0) throw new Error(`the page cache could not be emptied: ${output}`);
        cold.push(await start(packed.handler));
        warm.push(await start(packed.handler));
      }
      process.stderr.write(`starts: round ${done + 1} of ${runs}\n`);
    }
    return candidates;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packAll(folder: string): Promise<Candidate[]> {
  const functions = await functionNames();
  const candidates: Candidate[] = [];
  for (const { name: packaging, pack } of PACKAGINGS) {
    const into = join(folder, packaging);
    await mkdir(into);
    for (const [functionName, packed] of await pack(functions, into))
      candidates.push({ functionName, packaging, packed, ...(await sizeOf(packed)), warm: [], cold: [] });
  }
  return candidates.toSorted((a, b) => a.functionName.localeCompare(b.functionName));
}

async function sizeOf({ folders }: Packed): Promise<{ bytes: number; files: number }> {
  let bytes = 0;
  let files = 0;
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      bytes += (await stat(join(entry.parentPath, entry.name))).size;
      files++;
    }
  }
  return { bytes, files };
}
