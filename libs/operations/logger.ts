import { pino } from 'pino';
import type { Logger } from 'pino';

import type { Log, LogFields } from './log.js';
import { readableLine } from './log-line.js';
import { printable } from './printable.js';
import { redact, redactText } from './redact.js';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'json' | 'pretty' | 'auto';
  /** Which program writes: `api`, `worker` … */
  readonly service: string;
  /** Where to; standard output unless a test reads along. */
  readonly sink?: LogSink;
}

/** Takes whole lines. */
export interface LogSink {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/** One line an entry in either format, whatever the values hold, and no value of a known secret. */
export function createLogger({ level, format, service, sink = standardOutput() }: LoggerOptions): Log {
  const isPretty = format === 'pretty' || (format === 'auto' && sink.isTTY === true);
  const isColoured = sink.isTTY === true && !process.env['NO_COLOR'];
  const write = (line: string): void => {
    const entry = line.trimEnd();
    sink.write(`${isPretty ? readableLine(entry, isColoured) : printable(entry)}\n`);
  };
  const logger = pino(
    {
      level,
      base: isPretty ? null : { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // `redact` has made errors plain already; pino's own serialiser would take them apart again.
      serializers: { err: (err: unknown) => err },
    },
    { write },
  );
  return new PinoLog(logger);
}

class PinoLog implements Log {
  constructor(private readonly logger: Logger) {}

  debug(fields: LogFields, message: string): void {
    if (this.logger.isLevelEnabled('debug')) this.logger.debug(redact(fields), redactText(message));
  }

  info(fields: LogFields, message: string): void {
    if (this.logger.isLevelEnabled('info')) this.logger.info(redact(fields), redactText(message));
  }

  warn(fields: LogFields, message: string): void {
    if (this.logger.isLevelEnabled('warn')) this.logger.warn(redact(fields), redactText(message));
  }

  error(fields: LogFields, message: string): void {
    if (this.logger.isLevelEnabled('error')) this.logger.error(redact(fields), redactText(message));
  }

  child(bindings: LogFields): Log {
    return new PinoLog(this.logger.child(redact(bindings)));
  }
}

/** Written at once, so that the last words of a process that ends are not lost; a reader that left is no reason to fail. */
function standardOutput(): LogSink {
  const destination = pino.destination({ fd: 1, sync: true });
  let hasReader = true;
  destination.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    hasReader = false;
  });
  return {
    isTTY: process.stdout.isTTY,
    write: (line) => hasReader && destination.write(line),
  };
}
