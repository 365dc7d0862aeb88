/** True for an address of this machine, to which nothing has to be encrypted. */
export function isOwnMachine(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || /^127\.|^\[::1\]$/.test(hostname);
}
