import type { CopySettings } from '@holdfast/core/cost/inventory.ts';
import { VAULT_CLASSES, type VaultClass } from '@holdfast/core/cost/prices.ts';
import type { Retention } from '@holdfast/core/cost/storage.ts';
import type { WorkSettings } from '@holdfast/core/cost/work.ts';
import type { CoreStack } from '../core-stack.ts';

const MIB = 1024 * 1024;

/** What an estimate takes from the stack; without one, from the template's defaults. */
export type Assumptions = {
  readonly stack: string | null;
  readonly retention: Retention;
  readonly copies: CopySettings;
  readonly work: WorkSettings;
};

/** The defaults of template.yaml. A test holds them against it. */
export const TEMPLATE_DEFAULTS = {
  RetentionDays: 90,
  ColdAfterDays: 0,
  ColdStorageClass: 'GLACIER_IR',
  MultipartThresholdMiB: 1024,
  PartMiB: 256,
  KeysPerStep: 20_000,
} as const;

type NumberName = Exclude<keyof typeof TEMPLATE_DEFAULTS, 'ColdStorageClass'>;

export function assumptionsOf(stack: CoreStack | undefined): Assumptions {
  const parameters = { ...TEMPLATE_DEFAULTS, ...outputsOf(stack), ...stack?.parameters };
  const number = (name: NumberName) => {
    const value = Number(parameters[name]);
    return Number.isFinite(value) ? value : TEMPLATE_DEFAULTS[name];
  };
  const afterDays = number('ColdAfterDays');
  const storageClass = VAULT_CLASSES.find((name) => name === parameters.ColdStorageClass);
  return {
    stack: stack?.name ?? null,
    retention: { days: number('RetentionDays'), ...coldOf(afterDays, storageClass) },
    copies: {
      multipartThresholdBytes: number('MultipartThresholdMiB') * MIB,
      partBytes: number('PartMiB') * MIB,
    },
    work: { keysPerStep: number('KeysPerStep') },
  };
}

function outputsOf(stack: CoreStack | undefined) {
  if (stack === undefined) return {};
  const { RetentionInDays, MultipartThresholdInMiB } = stack.outputs;
  return { RetentionDays: RetentionInDays, MultipartThresholdMiB: MultipartThresholdInMiB };
}

function coldOf(afterDays: number, storageClass: VaultClass | undefined): Pick<Retention, 'cold'> {
  return afterDays === 0 || storageClass === undefined ? {} : { cold: { afterDays, storageClass } };
}
