import { createApi } from '../api/create-api.js';

/** The only address that is listened on: this machine's own. */
const host = '127.0.0.1';

/** Starts both doors on the wished port or, where that cannot be had, on another one; returns what they are reached by. */
export async function serve(parts: Parameters<typeof createApi>, port: number, say: (line: string) => void): Promise<{ readonly url: string; close(): Promise<void> }> {
  const api = await createApi(...parts);
  const listening = async (candidate: number): Promise<string> => {
    await api.listen(candidate, host);
    const address: unknown = api.getHttpServer().address();
    return `http://${host}:${typeof address === 'object' && address !== null && 'port' in address ? String(address.port) : candidate}`;
  };
  const close = (): Promise<void> => api.close();
  try {
    return { url: await listening(port), close };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    say(`Port ${port} ${code === 'EADDRINUSE' ? 'is taken' : 'is not for this user to open'}: another one is used.`);
    return { url: await listening(0), close };
  }
}
