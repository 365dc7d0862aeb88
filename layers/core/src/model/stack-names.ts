import { createHash } from 'node:crypto';

const hash = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Name of the EventBridge rule that brings a bucket's events to the capture queue. Rule names take at most 64
 * characters, a bucket name alone 63: so the bucket stands there as a hash, in the rule's description in full.
 */
export function captureRuleName(stack: string, bucket: string): string {
  return `${stack.slice(0, 39)}-capture-${hash(bucket, 16)}`;
}

/** Name of the small stack that wires one bucket. Stack names take no dots, bucket names do. */
export function sourceStackName(stack: string, bucket: string): string {
  return `${stack.slice(0, 48)}-source-${bucket.replaceAll('.', '-')}-${hash(bucket, 8)}`;
}
