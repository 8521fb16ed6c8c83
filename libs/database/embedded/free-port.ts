import { once } from 'node:events';
import { createServer } from 'node:net';

import { errorCode } from './error-code.js';

/** The wished TCP port if it is free on loopback at this moment, else some other one. */
export async function freePort(wished: number | undefined): Promise<number> {
  if (wished !== undefined) {
    try {
      return await listenBriefly(wished);
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE' && errorCode(error) !== 'EACCES') throw error;
    }
  }
  return listenBriefly(0);
}

async function listenBriefly(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error(`A TCP server says it listens on ${address}.`);
  return address.port;
}
