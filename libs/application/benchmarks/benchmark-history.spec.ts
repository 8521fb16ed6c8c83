import { describe, expect, it } from 'vitest';
import { overdueSince } from './benchmark-history.js';

const daily = { cron: '0 3 * * *', timeZone: 'UTC', nextRunAt: new Date('2026-11-05T03:00:00Z'), lastRunAt: null };
const at = (time: string): Date => new Date(`2026-11-${time}:00Z`);

describe('a run that is due', () => {
  it.each([
    ['within its schedule', at('03T03:01'), at('04T02:00'), undefined],
    ['that waits for its turn', at('03T03:01'), at('04T04:30'), undefined],
    ['that did not take place', at('03T03:01'), at('04T05:30'), at('04T03:00')],
    ['for days', at('01T03:01'), at('04T05:30'), at('02T03:00')],
    ['and was judged between two times', at('03T12:00'), at('04T05:30'), at('04T03:00')],
  ])('%s', (_, lastRun, now, expected) => {
    expect(overdueSince(daily, lastRun, now)).toEqual(expected);
  });

  it('for the first time, or whose first scan never came to a run', () => {
    expect(overdueSince(daily, null, at('04T05:30'))).toBeUndefined();
    expect(overdueSince(daily, null, at('05T04:30'))).toBeUndefined();
    expect(overdueSince(daily, null, at('05T05:30'))).toEqual(at('05T03:00'));
    expect(overdueSince({ ...daily, lastRunAt: at('04T03:00') }, null, at('04T05:30'))).toEqual(at('04T03:00'));
  });

  it('keeps to the schedule\'s own zone', () => {
    expect(overdueSince({ ...daily, timeZone: 'Asia/Tokyo' }, at('03T12:00'), at('04T05:30'))).toEqual(at('03T18:00'));
  });
});
