/** The storage classes that a copy into a bucket can be given. */
export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
  'REDUCED_REDUNDANCY',
] as const;
export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** Each object in the class that it had when it was captured. */
export const ORIGINAL = 'original';

/** The class of that name, if a copy can be given it: S3 has more, for buckets of other kinds. */
export function storageClassOf(name: string): StorageClass | undefined {
  return STORAGE_CLASSES.find((known) => known === name);
}
