import { createHash } from 'node:crypto';
import type { AddressBook } from './address.ts';

const hash = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Name of the EventBridge rule that brings a bucket's events to the capture queue of a stack; of a WorkDocs site, how the
 * names of its rules begin. Rule names take at most
 * 64 characters, a stack's name alone 128 and a bucket's 63: so both stand there as a hash, the bucket in full in the
 * rule's description. The core stack's queue policy lets rules of this name in.
 */
export function captureRuleName(stack: string, name: string): string {
  return `holdfast-capture-${hash(`${stack}/${name}`, 24)}`;
}

/**
 * Name of the small stack that wires one source. Stack names take no dots, bucket names do.
 *
 * @param source its URI, as the catalog has it
 */
export function sourceStackName(stack: string, source: string, addresses: AddressBook): string {
  const { label, unique } = addresses.of(source).stackLabel(source);
  return `${stack.slice(0, 48)}-source-${label.replaceAll('.', '-')}-${hash(unique, 8)}`;
}
