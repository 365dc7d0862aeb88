#!/usr/bin/env node
// Plain JavaScript: it has to run on the Node that is too old, to say so.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// From here on Node runs TypeScript by leaving the types out.
if (major < 22 || (major === 22 && minor < 18) || (major === 23 && minor < 6)) {
  process.stderr.write(
    `holdfast: Node ${process.versions.node} is too old: 22.18 or newer, best 24, is needed; ` +
      'inside the checkout "npx holdfast" brings its own\n',
  );
  process.exitCode = 1;
} else {
  // What Node made of the sources last time: half the time and a quarter of the memory of a start. In the user's own
  // cache, where nobody else can put code; without one, Node starts as ever.
  const [{ enableCompileCache }, { homedir }, { join }] = await Promise.all([
    import('node:module'),
    import('node:os'),
    import('node:path'),
  ]);
  enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'holdfast'));
  const { main } = await import('../main.ts');
  await main();
}
