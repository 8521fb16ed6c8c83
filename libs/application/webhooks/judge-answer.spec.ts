import { describe, expect, it } from 'vitest';
import { judgeAnswer } from './judge-answer.js';

describe('judgeAnswer', () => {
  it.each([200, 201, 202, 204, 299])('takes %i for delivered', (status) => {
    expect(judgeAnswer({ kind: 'answered', status })).toEqual({ outcome: 'delivered' });
  });

  it.each([301, 302, 304, 307, 308, 400, 401, 404, 408, 500, 503])('takes %i for failed', (status) => {
    expect(judgeAnswer({ kind: 'answered', status })).toMatchObject({ outcome: 'failed', askedMs: 0, error: expect.stringContaining(String(status)) });
  });

  it('takes 410 for the last word', () => {
    expect(judgeAnswer({ kind: 'answered', status: 410 })).toMatchObject({ outcome: 'gone' });
  });

  it.each([429, 502, 503, 504])('heeds Retry-After with %i', (status) => {
    expect(judgeAnswer({ kind: 'answered', status, retryAfterMs: 7_000 })).toMatchObject({ askedMs: 7_000 });
  });

  it('does not heed Retry-After with another status', () => {
    expect(judgeAnswer({ kind: 'answered', status: 500, retryAfterMs: 7_000 })).toMatchObject({ askedMs: 0 });
    expect(judgeAnswer({ kind: 'answered', status: 302, retryAfterMs: 7_000 })).toMatchObject({ askedMs: 0 });
  });

  it('keeps errors short', () => {
    const verdict = judgeAnswer({ kind: 'unanswered', error: 'x'.repeat(5_000) });
    expect(verdict).toMatchObject({ outcome: 'failed', error: 'x'.repeat(300) });
  });
});
