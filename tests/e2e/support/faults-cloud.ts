import { resolve } from 'node:path';

/** The local cloud of the fault suite, its functions behind a proxy on this port. */
export function faultsCloud(proxyPort: number) {
  return {
    stateDir: resolve(import.meta.dirname, '../../../.holdfast/faults'),
    // Small parts, so that a test can have large objects; no wait between retries, so that they soon come to an end.
    parameters: { MultipartThresholdMiB: '5', PartMiB: '5', RetryBaseSeconds: '0', KeysPerStep: '500' },
    functionEnv: { AWS_ENDPOINT_URL: `http://127.0.0.1:${proxyPort}` },
    persist: true,
  } as const;
}
