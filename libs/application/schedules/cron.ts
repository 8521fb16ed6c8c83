import { Cron } from 'croner';
import { invalid } from '../app-error.js';

/** Times at which a schedule is due, in its own zone: what falls into a skipped hour runs when the clocks go on. */
export interface CronTimes {
  /** The first time after `time`; undefined where there is none. */
  after(time: Date): Date | undefined;
}

/** Throws `invalid-schedule` on a pattern that is not five fields, a zone that does not exist, or a time that never comes. */
export function cronTimes(pattern: string, timeZone: string): CronTimes {
  const cron = parse(pattern, timeZone);
  return { after: (time) => cron.nextRun(time) ?? undefined };
}

function parse(pattern: string, timeZone: string): Cron {
  const refuse = (pointer: string, detail: string) => invalid('invalid-schedule', 'The schedule cannot be kept as given.', [{ pointer, detail }]);
  if (!isTimeZone(timeZone)) throw refuse('/timeZone', 'an IANA time zone such as Europe/Berlin');
  // The library would also take a date, seconds and nicknames.
  const isFiveFields = pattern.length <= 100 && pattern.trim().split(/\s+/).length === 5;
  try {
    // Neither a job nor a timer: only the arithmetic.
    const cron = isFiveFields && new Cron(pattern, { timezone: timeZone, mode: '5-part', paused: true });
    if (cron && cron.nextRun()) return cron;
  } catch {
    // Refused below, together with what the library would have taken.
  }
  throw refuse('/cron', 'five fields (minute, hour, day of month, month, day of week) that meet some time, such as 0 3 * * *');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
