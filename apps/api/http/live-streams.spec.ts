import { describe, expect, it } from 'vitest';
import { LiveStreams } from './live-streams.js';

describe('live streams', () => {
  it('are so many an organisation, whatever others hold', () => {
    const streams = new LiveStreams(2);
    streams.enter('acme');
    const leave = streams.enter('acme');
    expect(() => streams.enter('acme')).toThrow(expect.objectContaining({ kind: 'limited', reason: 'too-many-streams', retryAfter: 10 }));
    streams.enter('initech');
    leave();
    streams.enter('acme');
  });

  it('gives a place back once, however often it is told', () => {
    const streams = new LiveStreams(1);
    const leave = streams.enter('acme');
    leave();
    streams.enter('acme');
    leave();
    expect(() => streams.enter('acme')).toThrow(expect.objectContaining({ reason: 'too-many-streams' }));
  });
});
