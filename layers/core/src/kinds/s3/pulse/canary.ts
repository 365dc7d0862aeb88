import { bucketOf } from '../../../model/bucket-uri.ts';
import type { Source } from '../../../model/source.ts';
import type { PulseWorld } from '../../../ports/world.ts';
import { canaryText, MAX_CANARY_BYTES, readCanary } from '../model/canary.ts';
import { PULSE_MS } from '../model/pulse.ts';
import { vaultPlace } from '../model/vault-key.ts';

/** When it is looked whether the canary has arrived, in seconds after its writing, one after the other. */
const READ_BACK_SECONDS = [60, 300, 900];

/**
 * Writes the source's canary and has it looked for a little later. A check that comes twice writes it once, unless both
 * come at the same moment: then two are written, and the newer one arrives.
 *
 * @throws StoreError when the source does not take it
 */
export async function writeCanary(
  source: Source,
  { store, catalog, queue, clock }: PulseWorld,
): Promise<void> {
  const { canary, canaryAt = 0 } = source;
  const now = clock();
  if (canary === undefined || now - canaryAt < PULSE_MS / 2) return;
  const place = { bucket: bucketOf(source.source), key: canary.key };
  await store.put(place, canaryText(source.source, now), 'application/json');
  await catalog.patchSource(source.source, { canaryAt: now });
  await sendReadBack(source, 0, { queue });
}

/** Looks once more for a canary that has not arrived, a few times; after that, the next hourly check does. */
export async function sendReadBack(
  { source }: Source,
  readBack: number,
  { queue }: Pick<PulseWorld, 'queue'>,
): Promise<void> {
  const delaySeconds = READ_BACK_SECONDS[readBack];
  if (delaySeconds === undefined) return;
  await queue.send('reconcile', [JSON.stringify({ kind: 'pulse', source, readBack })], { delaySeconds });
}

/**
 * Reads the canary back from the vault, by the entry that an event made: one that a reconcile or a check brought there
 * proves nothing of events. What the bytes say of their age counts only as far as it can be.
 *
 * @returns the newest proof there is
 * @throws StoreError when the entry names a copy that cannot be read
 */
export async function proveCanary(
  source: Source,
  { store, catalog, telemetry, settings: { vault } }: PulseWorld,
): Promise<Source['proven']> {
  const { canary, proven } = source;
  if (canary === undefined) return undefined;
  const entry = await catalog.getEntry(source.source, canary.key);
  const { capturedAt, vaultVersionId: versionId, lagMs } = entry ?? {};
  if (
    entry?.state !== 'current' ||
    capturedAt === undefined ||
    versionId === undefined ||
    lagMs === undefined
  )
    return proven;
  if ((entry.size ?? 0) > MAX_CANARY_BYTES) return proven;
  // It was recorded before what is proven was written: it is older still.
  if (capturedAt <= (proven?.writtenAt ?? 0)) return proven;
  const { key } = vaultPlace(bucketOf(source.source), canary.key);
  const read = readCanary(await store.get({ bucket: vault, key, versionId }), source.source);
  if (read === undefined || read.writtenAt > capturedAt || read.writtenAt <= (proven?.writtenAt ?? 0))
    return proven;
  const proof = { writtenAt: read.writtenAt, lagMs: capturedAt - read.writtenAt };
  await catalog.patchSource(source.source, { proven: proof });
  telemetry.metric('CanaryLag', proof.lagMs, source.source);
  return proof;
}
