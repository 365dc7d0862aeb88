import { CloudUsageError } from './errors.ts';
import { answersHttp } from './health.ts';
import { recordedInstance } from './instance.ts';
import { portFrom, type Settings } from './settings.ts';

/** Where to deploy: an emulator of our own, or one that the user runs and we never start, stop or empty unasked. */
export type Target = { readonly kind: 'own' } | { readonly kind: 'external'; readonly endpoint: string };

/**
 * AWS_ENDPOINT_URL names an endpoint of the user's, except when it is what an earlier `up` told the same shell to
 * export, or the address of an instance with a state of its own: then it is our own, running or not.
 */
export async function resolveTarget({ env, sharedDir, stateDir }: Settings): Promise<Target> {
  const endpoint = normalise(env['AWS_ENDPOINT_URL']);
  if (!endpoint) return { kind: 'own' };
  const recorded = await Promise.all([stateDir, sharedDir].map(recordedInstance));
  if (recorded.some((instance) => instance?.endpoint === endpoint)) return { kind: 'own' };
  if (endpoint === `http://127.0.0.1:${portFrom(env)}` && !(await answersHttp(endpoint)))
    return { kind: 'own' };
  return { kind: 'external', endpoint };
}

function normalise(text: string | undefined): string {
  if (!text?.trim()) return '';
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CloudUsageError(`AWS_ENDPOINT_URL is '${text}': it has to be an http address, or unset.`);
  }
  if (/\.(amazonaws\.com(\.cn)?|aws)$/.test(url.hostname)) {
    throw new CloudUsageError(
      `AWS_ENDPOINT_URL is ${url.hostname}, AWS itself: use 'sam deploy' for a real account, or unset it.`,
    );
  }
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url.href.replace(/\/$/, '');
}
