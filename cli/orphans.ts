import type { Stacks } from '../operations/ports.ts';

/**
 * What is left of a core stack that somebody deleted: the stacks of its sources, which nothing else knows of any more.
 *
 * @returns the end of a sentence that says that there is no such stack, with the commands that delete them; empty for none
 */
export async function orphansOf(core: string, stacks: Pick<Stacks, 'listSources'>): Promise<string> {
  // Whoever may not list stacks has heard the better half of it.
  const orphans = await stacks.listSources(core).catch(() => []);
  if (orphans.length === 0) return '';
  const commands = orphans.map(({ name }) => `  aws cloudformation delete-stack --stack-name ${name}`);
  const what =
    orphans.length === 1 ? 'the stack of a source of it is' : `${orphans.length} stacks of its sources are`;
  return `; ${what} still there, and can be deleted (docs/deploy.md, "Uninstall"):\n${commands.join('\n')}`;
}
