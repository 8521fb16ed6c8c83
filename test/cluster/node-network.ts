import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * The network between the API server and its nodes. The API server proxies to no loopback address, but it can
 * be told to reach nodes through an HTTP CONNECT proxy on a unix socket; this is that proxy. Nodes get ordinary
 * private addresses, and no packet leaves the machine.
 */
export type NodeNetwork = {
  /** An address that no other node of this network has. */
  nextAddress(): string;
  /** Lets `server`, which need not listen, answer at an address and port. */
  attach(address: string, port: number, server: HttpsServer): void;
  close(): Promise<void>;
};

/** Opens the proxy at `socketPath`. Targets that nobody attached are refused as a dead host would be. */
export async function openNodeNetwork(socketPath: string): Promise<NodeNetwork> {
  const servers = new Map<string, HttpsServer>();
  const sockets = new Set<Socket>();
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  proxy.on('connect', (request, socket) => {
    // Resets are the API server's business; it reports them to its own client.
    socket.on('error', () => socket.destroy());
    const server = servers.get(request.url ?? '');
    if (!server) {
      socket.end('HTTP/1.1 502 No route to host\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connected\r\n\r\n');
    server.emit('connection', socket);
  });
  proxy.listen(socketPath).unref();
  await once(proxy, 'listening');

  let nodes = 0;
  return {
    nextAddress: () => {
      nodes += 1;
      return `10.20.${nodes >> 8}.${nodes & 0xff}`;
    },
    attach: (address, port, server) => void servers.set(`${address}:${port}`, server),
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
