import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { CopyRequest, MultipartStart, ObjectRef } from '@holdfast/core/ports/object-store.ts';
import type { MemoryS3 } from '../memory/memory-s3.ts';
import { SOURCE, VAULT } from '../pipeline.ts';
import { ABSENT, type Model, type Print } from './model.ts';
import type { PolicyCheck } from './policy.ts';
import { printOf, short } from './prints.ts';
import type { Actor } from './scheduler.ts';

export const TARGETS = 'holdfast-restore-';

/** What the monitors look at of the simulation. */
type Watched = {
  readonly s3: MemoryS3;
  readonly model: Model;
  /** Whether the source could be read at some time since that tick. */
  readonly wasReadableSince: (tick: number) => boolean;
};

/** What must hold at every request, whatever the history: each breach is noted with its invariant. */
export class Monitors {
  readonly breaches: string[] = [];
  /** Keys by their vault keys, as far as histories use them. */
  readonly keys = new Map<string, string>();
  /** Requests that moved bytes or marked something. */
  copies = 0;
  readonly #revisions = new Map<string, number>();
  readonly #sim: Watched;
  readonly #policy: PolicyCheck;

  constructor(sim: Watched, policy: PolicyCheck) {
    this.#sim = sim;
    this.#policy = policy;
  }

  watch(keys: readonly string[]): void {
    for (const key of keys) this.keys.set(vaultPlace(SOURCE, key).key, key);
  }

  before(actor: Actor, role: string | undefined, op: string, args: readonly unknown[]): void {
    if (role !== undefined) {
      for (const refused of this.#policy.refused(role, op, args)) this.#breach('I5', actor, refused);
    }
    const written = writtenObject(op, args);
    if (written !== undefined && !mayWrite(actor, written))
      this.#breach('I7', actor, `${op} writes to ${written.bucket}/${written.key}`);
  }

  /** What is on top of the object that a request writes, before it does. */
  topOf(op: string, args: readonly unknown[]): Print {
    const target = writtenObject(op, args);
    if (target === undefined) return ABSENT;
    return printOf(this.#sim.s3.bucket(target.bucket).current(target.key)?.content);
  }

  after({ actor, op, args, answer, top }: Done): void {
    if (op === 'store.copy' || op === 'store.completeMultipart') {
      this.copies += 1;
      this.#hidesNothing(actor, op, writtenObject(op, args), top);
    }
    if (op === 'catalog.putEntry' && answer === true) this.#isRecorded(actor, args[0] as Entry);
    if (op === 'store.hide') this.#hasEvidence(actor, args[0] as ObjectRef, top);
  }

  /** Histories never allow a restore to overwrite (I7), and no late copy may hide what was captured after it (I3). */
  #hidesNothing(actor: Actor, op: string, target: Target | undefined, top: Print): void {
    if (target === undefined || top === ABSENT) return;
    const { bucket, key } = target;
    if (bucket.startsWith(TARGETS)) this.#breach('I7', actor, `${short(key)} was overwritten in the target`);
    const source = bucket === VAULT ? this.keys.get(key) : undefined;
    if (source === undefined) return;
    const now = this.topOf(op, [{ to: target, ...target }]);
    if (this.#sim.model.isOlder(source, now, top))
      this.#breach('I3', actor, `an older copy of ${short(source)} hides a newer one`);
  }

  #isRecorded(actor: Actor, entry: Entry): void {
    this.#namesWhatIsThere(actor, entry);
    const before = this.#revisions.get(entry.key) ?? 0;
    if (entry.rev <= before)
      this.#breach('I3', actor, `an older entry of ${short(entry.key)} replaced a newer one`);
    this.#revisions.set(entry.key, entry.rev);
  }

  /** The catalog was lost: entries begin anew. */
  forget(): void {
    this.#revisions.clear();
  }

  /** I2: an entry never names a vault version that does not exist. */
  #namesWhatIsThere(actor: Actor, { key, state, vaultVersionId, vaultEtag }: Entry): void {
    if (state !== 'current') return;
    const place = vaultPlace(SOURCE, key).key;
    const version = this.#sim.s3.bucket(VAULT).find(place, vaultVersionId ?? 'none');
    if (version === undefined) this.#breach('I2', actor, `the entry of ${short(key)} names no version`);
    else if (version.content.etag !== vaultEtag)
      this.#breach('I2', actor, `the entry of ${short(key)} names a version with another ETag`);
  }

  /** I4: nobody marks a deletion that could not have seen that the object is gone, with its bucket there to say so. */
  #hasEvidence(actor: Actor, ref: ObjectRef, top: Print): void {
    const key = this.keys.get(ref.key);
    if (ref.bucket !== VAULT || key === undefined) return;
    if (!this.#sim.model.absentSince(key, actor.since))
      this.#breach('I4', actor, `${short(key)} was marked deleted, and was there all the time`);
    if (top !== ABSENT && this.#sim.model.cameBack(key, top))
      this.#breach('I4', actor, `${short(key)} had come back, and its new copy was marked deleted`);
    if (!this.#sim.wasReadableSince(actor.since))
      this.#breach('I4', actor, `${short(key)} was marked deleted while its bucket could not be read`);
  }

  #breach(invariant: string, { name }: Actor, what: string): void {
    this.breaches.push(`${invariant}: ${what} (by ${name.replace(/ .*/, '')})`);
  }
}

/** A request that was done. `top`: what was on top of the object that it wrote. */
type Done = {
  readonly actor: Actor;
  readonly op: string;
  readonly args: readonly unknown[];
  readonly answer: unknown;
  readonly top: Print;
};

type Target = { readonly bucket: string; readonly key: string };

function writtenObject(op: string, args: readonly unknown[]): Target | undefined {
  if (op === 'store.copy') return (args[0] as CopyRequest).to;
  if (op === 'store.beginMultipart') return (args[0] as MultipartStart).to;
  if (['store.completeMultipart', 'store.putTags', 'store.hide', 'store.put'].includes(op))
    return args[0] as Target;
  return undefined;
}

/** A restore writes into its target and its report; everything else writes into the vault. */
function mayWrite({ name }: Actor, { bucket, key }: Target): boolean {
  if (!name.startsWith('restore')) return bucket === VAULT;
  return bucket === VAULT ? key.startsWith('reports/') : bucket.startsWith(TARGETS);
}
