import { bucketOf } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import { isStoreError, logText, messageOf } from '../../../model/errors.ts';
import { intoBatches } from '../../../model/messages.ts';
import type { WiringState } from '../../../model/source.ts';
import { asksForAcls, type Source } from '../../../model/source.ts';
import type { Delivery, PulseWorld } from '../../../ports/world.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';
import { isCanaryLate, type Pulse } from '../model/pulse.ts';
import { checkWiring } from '../reconcile/check-wiring.ts';
import { lookAgainSoon } from '../reconcile/look-again-soon.ts';
import { proveCanary, sendReadBack, writeCanary } from './canary.ts';
import { type Look, lookAtPlaces } from './look-at-places.ts';

/**
 * The hourly check of a bucket: that a source which says nothing has nothing to say. It looks at the live wiring, at some
 * pages of the listing, and, where there is one, whether the canary has arrived. What events missed is sent to be
 * captured; nothing is marked deleted here, whatever a listing leaves out (I4). Safe to come twice, late, or at once.
 */
export async function pulse(message: Pulse, delivery: Delivery, world: PulseWorld): Promise<void> {
  const source = await world.catalog.getSource(message.source);
  if (source?.state !== 'protected') return;
  try {
    if (message.readBack === undefined) await check(source, world);
    else await readBack(source, message.readBack, world);
  } catch (error) {
    // As a reconcile does: rights that were just given take some seconds to hold.
    const retry = !isStoreError(error, 'no-such-bucket', 'invalid');
    if (retry && delivery.receiveCount < world.settings.maxReceives) throw error;
    world.telemetry.error('hourly check failed', { source: source.source, error: logText(error) });
    // The next one looks again at all of it: there is nothing for a person to send back.
    await conclude(source, 0, [messageOf(error)], world);
  }
}

async function readBack(source: Source, times: number, world: PulseWorld): Promise<void> {
  const proven = await proveCanary(source, world);
  if ((proven?.writtenAt ?? 0) < (source.canaryAt ?? 0)) await sendReadBack(source, times + 1, world);
}

async function check(source: Source, world: PulseWorld): Promise<void> {
  const wiring = await checkWiring(source, world);
  if (wiring === 'repaired') await lookAgainSoon(source, world);
  await lookAtOwnership(source, world);
  const look = await lookAtPlaces(source, world);
  await sendMissed(source, look, world);
  await noteWay(source, look, world);
  const troubles = [
    ...wiringTroubles(wiring),
    ...missedTroubles(look),
    ...(await checkCanary(source, world)),
  ];
  await conclude(source, look.missed.length, troubles, world);
}

/** Sent before anything is noted: a handler that dies in between is followed by one that finds them again. */
async function sendMissed({ source }: Source, { missed }: Look, { queue }: PulseWorld): Promise<void> {
  const bodies = intoBatches(missed).map((items) =>
    JSON.stringify({ kind: 'capture', source, items } satisfies CaptureBatch),
  );
  await queue.send('backlog', bodies);
}

async function noteWay({ source }: Source, { places, after }: Look, { catalog }: PulseWorld): Promise<void> {
  const where = after === undefined ? { clear: ['pulseAfter' as const] } : { pulseAfter: after };
  await catalog.patchSource(source, { places, ...where });
}

const WIRING_TROUBLE: Readonly<Record<WiringState, string | undefined>> = {
  ok: undefined,
  repaired: 'its events had been switched off; they are on again',
  broken: 'its events cannot arrive',
  unknown: 'the way of its events could not be checked',
};

function wiringTroubles(state: WiringState): string[] {
  const trouble = WIRING_TROUBLE[state];
  return trouble === undefined ? [] : [trouble];
}

function missedTroubles({ missed: { length } }: Look): string[] {
  return length === 0
    ? []
    : [`${length} changed ${length === 1 ? 'object' : 'objects'} of which no event came`];
}

/** The canary of the last interval is looked for, and the next one written, whatever becomes of the other. */
async function checkCanary(source: Source, world: PulseWorld): Promise<string[]> {
  const troubles: string[] = [];
  const proven = await unlessRefused(() => proveCanary(source, world), troubles);
  if (isCanaryLate({ ...source, ...defined({ proven }) }, world.clock()))
    troubles.push('its canary has not arrived in the vault');
  await unlessRefused(() => writeCanary(source, world), troubles);
  return troubles;
}

/** What a bucket refuses is a trouble like others: the check goes on. */
async function unlessRefused<T>(work: () => Promise<T>, troubles: string[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isStoreError(error)) throw error;
    troubles.push(`its canary: ${messageOf(error)}`);
    return undefined;
  }
}

/** Says what the check found, where people and the alarm look. */
async function conclude(
  source: Source,
  missed: number,
  troubles: readonly string[],
  { catalog, telemetry, clock }: PulseWorld,
): Promise<void> {
  const at = clock();
  const ok = troubles.length === 0;
  const said = ok ? { okAt: at } : defined({ okAt: source.pulse?.okAt, trouble: troubles.join('; ') });
  await catalog.patchSource(source.source, { pulse: { at, missed, ...said } });
  if (!ok) telemetry.warn('hourly check found trouble', { source: source.source, missed });
  if (missed > 0) telemetry.metric('MissedEvents', missed);
  telemetry.metric('Pulse', ok ? 1 : 0, source.source);
}

/**
 * Notes whether a bucket whose ACLs are remembered has them switched off, which its owner can change at any time. Where that may
 * not be seen, it stays as it was: reading ACLs that are switched off costs a request for each object, and harms nothing.
 */
async function lookAtOwnership(
  source: Source,
  { store, catalog }: Pick<PulseWorld, 'store' | 'catalog'>,
): Promise<void> {
  if (!asksForAcls(source)) return;
  try {
    const ownership = await store.ownership(bucketOf(source.source));
    if (ownership !== source.ownership) await catalog.patchSource(source.source, { ownership });
  } catch (error) {
    if (!isStoreError(error, 'access-denied')) throw error;
  }
}
