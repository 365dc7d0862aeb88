/** A checksum in the making. Of no more use once it has been asked for its digest. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** As S3 writes it: base64. */
  digest(): Promise<string>;
}

/** The checksum algorithms that can be computed here, by S3's names for them. */
export interface Checksums {
  /** @returns undefined for an algorithm that cannot be computed here */
  begin(algorithm: string): RunningChecksum | undefined;
}
