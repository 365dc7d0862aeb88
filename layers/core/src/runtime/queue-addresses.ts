import * as v from 'valibot';
import { QUEUES } from '../model/queues.ts';

const text = v.pipe(v.string(), v.minLength(1));

/** A queue and where its dead letters go. */
export type QueueUrls = { readonly url: string; readonly deadLetters: string };

/** Each queue has its URL: what the template tells a function. */
export const QueueUrlsSchema = v.object(v.entriesFromList(QUEUES, text));

/** JSON in which each queue has its URL and that of its dead letters: what a stack tells everybody else. */
export const QueueAddressesSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object(v.entriesFromList(QUEUES, v.object({ url: text, deadLetters: text }))),
);

/** The queues that the outputs of a stack name. @throws v.ValiError where there are none */
export function queueAddresses(outputs: Readonly<Record<string, string>>) {
  return v.parse(QueueAddressesSchema, outputs['Queues']);
}
