import type { LoggerService } from '@nestjs/common';

import type { Log } from './log.js';

const text = (message: unknown): string => (typeof message === 'string' ? message : message instanceof Error ? message.message : JSON.stringify(message) ?? String(message));
const errorIn = (values: readonly unknown[]): Error | undefined => values.find((value) => value instanceof Error);

/** Nest's own words in our log. Nest passes the name of the part as last argument, and a stack before it. */
export function nestLogger(log: Log): LoggerService {
  const fieldsOf = (message: unknown, rest: readonly unknown[]): Record<string, unknown> => {
    const words = rest.filter((value) => typeof value === 'string');
    const stack = words.find((word) => word.includes('\n'));
    const context = words.filter((word) => word !== stack).at(-1);
    const err = errorIn([message, ...rest]) ?? (stack === undefined ? undefined : { type: 'Error', message: text(message), stack });
    return { ...(context === undefined ? {} : { context }), ...(err === undefined ? {} : { err }) };
  };
  return {
    log: (message: unknown, ...rest: unknown[]) => log.info(fieldsOf(message, rest), text(message)),
    warn: (message: unknown, ...rest: unknown[]) => log.warn(fieldsOf(message, rest), text(message)),
    error: (message: unknown, ...rest: unknown[]) => log.error(fieldsOf(message, rest), text(message)),
    fatal: (message: unknown, ...rest: unknown[]) => log.error(fieldsOf(message, rest), text(message)),
    debug: (message: unknown, ...rest: unknown[]) => log.debug(fieldsOf(message, rest), text(message)),
    verbose: (message: unknown, ...rest: unknown[]) => log.debug(fieldsOf(message, rest), text(message)),
  };
}
