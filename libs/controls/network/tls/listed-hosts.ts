/** The beginning of a sentence about hosts. */
export function listedHosts(hosts: readonly string[]): string {
  const names = hosts.slice(0, 5).map((host) => (host === '' ? 'every host' : host));
  return `${names.join(', ')}${hosts.length > 5 ? ' …' : ''} ${hosts.length === 1 ? 'is' : 'are'}`;
}
