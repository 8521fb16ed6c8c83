import { describe, expect, it } from 'vitest';
import { parseCompleteness } from './completeness.js';

describe('what an upload declares', () => {
  it.each([
    [{}, { scope: 'objects' }],
    [{ complete: 'objects' }, { scope: 'objects' }],
    [{ complete: 'cluster' }, { scope: 'cluster', unread: [] }],
    [{ complete: 'cluster', unread: 'secrets, nodes,secrets' }, { scope: 'cluster', unread: ['secrets', 'nodes'] }],
    [{ complete: 'kinds', kinds: ['pods', 'deployments.apps'] }, { scope: 'kinds', kinds: ['pods', 'deployments.apps'] }],
  ] as const)('%j is %j', (input, expected) => {
    expect(parseCompleteness(input)).toEqual(expected);
  });

  it.each([
    [{ complete: 'all' }, ['/complete']],
    [{ complete: 'kinds' }, ['/kinds']],
    [{ complete: 'kinds', kinds: 'Pod' }, ['/kinds', '/kinds']],
    [{ unread: 'secrets' }, ['/unread']],
    [{ complete: 'cluster', kinds: 'pods' }, ['/kinds']],
    [{ complete: 'cluster', unread: '__proto__' }, ['/unread']],
  ] as const)('%j is refused at %j', (input, pointers) => {
    expect(() => parseCompleteness(input)).toThrow(
      expect.objectContaining({ reason: 'invalid-completeness', errors: pointers.map((pointer) => expect.objectContaining({ pointer })) }),
    );
  });
});
