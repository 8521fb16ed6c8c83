import type { ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts a program on a free loopback port and waits until it answers HTTP at all. */
export async function startWithFreePort(start: (port: number) => ChildProcess): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
  const child = start(port);
  const url = `http://127.0.0.1:${port}/`;
  for (const end = Date.now() + 15_000; ; await sleep(50)) {
    try {
      await fetch(url);
      return { child, url };
    } catch (error) {
      if (Date.now() > end || child.exitCode !== null) throw error;
    }
  }
}
