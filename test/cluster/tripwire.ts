import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP way to a server, along which something can be made to happen at an exact byte of what the server says. */
export interface Tripwire {
  readonly port: number;
  /** Bytes that the server has said so far. */
  readonly bytes: number;
  /** Once the server has said `bytes` more, does `action` before any more gets through. Resolves when that is done. */
  after(bytes: number, action: () => Promise<void>): Promise<void>;
  /** Breaks what is open and refuses what comes. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Forwards a free loopback port to another one. */
export async function tripwire(target: number): Promise<Tripwire> {
  const open = new Set<Socket>();
  let bytes = 0;
  let armed: { readonly at: number; readonly spring: () => Promise<void> } | undefined;

  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      open.add(socket);
      // A broken side is no matter of ours: the other one is told.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (chunk) => {
      bytes += chunk.length;
      if (!armed || bytes < armed.at) return void near.write(chunk);
      const { spring } = armed;
      armed = undefined;
      far.pause();
      void spring().finally(() => {
        near.write(chunk);
        far.resume();
      });
    });
    far.on('end', () => near.end());
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    port,
    get bytes() {
      return bytes;
    },
    after: (more, action) =>
      new Promise((resolve, reject) => {
        armed = {
          at: bytes + more,
          spring: async () => {
            try {
              await action();
              resolve();
            } catch (error) {
              reject(error);
            }
          },
        };
      }),
    cut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
    mend: () => listen(port),
  };
}
