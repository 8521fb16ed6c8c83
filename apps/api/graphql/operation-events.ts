import { OperationTypeNode, type ExecutionResult, type FormattedExecutionResult } from 'graphql';
import type { GraphqlContext } from './graphql-context.js';
import type { GraphqlDoor, Operation } from './graphql-door.js';
import type { GraphqlRequest } from './graphql-request.js';

export interface OperationEvents {
  readonly door: GraphqlDoor;
  readonly operation: Operation;
  readonly asked: GraphqlRequest;
  readonly context: GraphqlContext;
  readonly format: (result: ExecutionResult) => FormattedExecutionResult;
  readonly signal: AbortSignal;
}

const heartbeatMs = 15_000;

/** GraphQL over server-sent events, one operation a connection: `next` with each result, then `complete`. */
export async function* operationEvents({ door, operation, asked, context, format, signal }: OperationEvents): AsyncGenerator<string> {
  const next = (result: ExecutionResult): string => `event: next\ndata: ${JSON.stringify(format(result))}\n\n`;
  yield ':\n\n';
  if (operation.definition.operation !== OperationTypeNode.SUBSCRIPTION) {
    yield next(await door.execute(asked, context));
  } else {
    const results = await door.subscribe(operation, asked, context);
    if (!(Symbol.asyncIterator in results)) yield next(results);
    else {
      for await (const result of withHeartbeats(results, signal)) yield result === undefined ? ':\n\n' : next(result);
    }
  }
  if (!signal.aborted) yield 'event: complete\ndata:\n\n';
}

/** The results as they come, and undefined where none came for a while. Closes the source when done with it. */
async function* withHeartbeats<T>(source: AsyncGenerator<T, void, void>, signal: AbortSignal): AsyncGenerator<T | undefined> {
  try {
    let upcoming = source.next();
    while (!signal.aborted) {
      const first = await within(heartbeatMs, upcoming, signal);
      if (first === undefined) yield undefined;
      else if (first.done) return;
      else {
        yield first.value;
        upcoming = source.next();
      }
    }
  } finally {
    // Not waited for: a source that is asleep only hears of it when it wakes up.
    source.return().catch(() => undefined);
  }
}

async function within<T>(ms: number, promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
    onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
