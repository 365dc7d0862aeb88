import { createHash } from 'node:crypto';

const hash = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Name of the EventBridge rule that brings a bucket's events to the capture queue of a stack. Rule names take at most
 * 64 characters, a stack's name alone 128 and a bucket's 63: so both stand there as a hash, the bucket in full in the
 * rule's description. The core stack's queue policy lets rules of this name in.
 */
export function captureRuleName(stack: string, bucket: string): string {
  return `holdfast-capture-${hash(`${stack}/${bucket}`, 24)}`;
}

/** Name of the small stack that wires one bucket. Stack names take no dots, bucket names do. */
export function sourceStackName(stack: string, bucket: string): string {
  return `${stack.slice(0, 48)}-source-${bucket.replaceAll('.', '-')}-${hash(bucket, 8)}`;
}
