import { describe, expect, it } from 'vitest';
import { cronTimes } from './cron.js';

const next = (cron: string, zone: string, after: string): string | undefined => cronTimes(cron, zone).after(new Date(after))?.toISOString();

describe('schedules', () => {
  it('keep to their own zone, over summer time too', () => {
    expect(next('0 3 * * *', 'Europe/Berlin', '2026-01-10T12:00:00Z')).toBe('2026-01-11T02:00:00.000Z');
    expect(next('0 3 * * *', 'Europe/Berlin', '2026-07-10T12:00:00Z')).toBe('2026-07-11T01:00:00.000Z');
    // 02:30 does not exist on that day.
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  });

  it.each([
    ['* * * * * *', 'UTC', '/cron'], ['60 * * * *', 'UTC', '/cron'], ['', 'UTC', '/cron'], ['every day', 'UTC', '/cron'], ['@reboot', 'UTC', '/cron'],
    ['0 0 30 2 *', 'UTC', '/cron'], ['2099-01-01T00:00:00', 'UTC', '/cron'], ['0 3 * * *', 'Mars/Base', '/timeZone'], ['0 3 * * *', '', '/timeZone'],
  ])('refuse %j in %j at %s', (cron, zone, pointer) => {
    expect(() => cronTimes(cron, zone)).toThrow(expect.objectContaining({ reason: 'invalid-schedule', errors: [expect.objectContaining({ pointer })] }));
  });
});
