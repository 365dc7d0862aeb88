/**
 * What the SDK imports for answers that are streams of events. Of what Holdfast could ask only S3 Select has such:
 * bundled in place of the SDK's own, which takes 19 KiB.
 */
export const eventStreamSerdeProvider = () => undefined;

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are left out of the functions: see runtime/no-event-streams.ts');
  }
}
