/** The wish to end, from Ctrl-C, SIGTERM or a terminal that was closed. */
export interface Interruption {
  readonly hasCome: boolean;
  /** Resolves when it comes. */
  readonly promise: Promise<'interrupted'>;
}

/** npm passes a signal on that the terminal has sent to its children already: the echo of one Ctrl-C is no second one. */
const echoMs = 1_000;

/** Listens from now on. The first signal is the wish to end, a second one ends the process at once. */
export function interruption(): Interruption {
  let cameAt: number | undefined;
  const promise = new Promise<'interrupted'>((resolve) => {
    const heard = (): void => {
      if (cameAt === undefined) {
        cameAt = Date.now();
        resolve('interrupted');
      } else if (Date.now() - cameAt > echoMs) process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard);
  });
  return {
    promise,
    get hasCome() {
      return cameAt !== undefined;
    },
  };
}
