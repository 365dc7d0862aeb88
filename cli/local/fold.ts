/**
 * What a disk that does not tell upper from lower case, or one way to write an accent from another, takes for the same
 * name. It may take more for the same than the disk does: that costs a suffix and nothing else.
 */
export function fold(name: string): string {
  return name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
