/** Where progress goes: standard error for a person, nowhere for a test. */
export type Report = (text: string) => void;

export const toStderr: Report = (text) => {
  process.stderr.write(text);
};

export const silent: Report = () => {};

/** Runs one step and says its name before and its seconds after, so that a long one is seen to be at work. */
export async function step<T>(report: Report, name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  report(`${name} … `);
  try {
    const result = await work();
    report(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    report('failed\n');
    throw error;
  }
}
