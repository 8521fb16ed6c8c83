import { bundleLimits } from '#nodes/limits.js';
import type { ListeningSocket } from '#nodes/node-evidence.js';
import type { Listed, Reading } from '#nodes/reading.js';
import type { HostRoot } from './host-root.js';

const LISTEN = '0A';
const MOST_BYTES = 64 * 1024 * 1024;

/** Listening TCP sockets of the network that the node's first process has, on the ports that are asked for. */
export function listeningSockets(root: HostRoot, ports: ReadonlySet<number>): Reading<Listed<ListeningSocket>> {
  const items: ListeningSocket[] = [];
  let truncated = false;
  const take = (line: string): void => {
    const [, local = '', , state, , , , uid = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTEN || !ports.has(Number.parseInt(port, 16))) return;
    if (items.length >= bundleLimits.sockets) truncated = true;
    else items.push({ address: addressOf(address), port: Number.parseInt(port, 16), uid: Number(uid) });
  };
  const tcp = eachLine(root, '/proc/1/net/tcp', take);
  if (tcp.state !== 'read') return tcp;
  const tcp6 = eachLine(root, '/proc/1/net/tcp6', take);
  // A kernel without IPv6 has no such file.
  if (tcp6.state !== 'read' && tcp6.state !== 'absent') return tcp6;
  return { state: 'read', value: { items: items.toSorted((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1)), truncated } };
}

/** There may be as many lines as connections. */
function eachLine(root: HostRoot, path: string, take: (line: string) => void): Reading<true> {
  let rest = '';
  let length = 0;
  const end = root.scan(path, (chunk) => {
    length += chunk.length;
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    return length <= MOST_BYTES;
  });
  return end.state === 'read' && length > MOST_BYTES ? { state: 'too-large', detail: 'The node has more connections than are read.' } : end;
}

/** Words of 32 bits in the machine's order; nodes are little-endian. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16));
  // As URLs write it: shortened.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
