import { describe, expect, it } from 'vitest';
import { answerType, fromBody, fromQuery } from './graphql-request.js';

describe('answerType', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json; charset=utf-8, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/json;q=0.1, application/graphql-response+json;q=0.9', 'application/graphql-response+json'],
    ['text/event-stream', 'text/event-stream'],
    ['text/html, */*;q=0.1', 'application/json'],
  ])('answers %j with %s', (accept, type) => {
    expect(answerType(accept)).toBe(type);
  });

  it.each(['text/html', 'application/json;q=0', 'image/*'])('refuses %j', (accept) => {
    expect(() => answerType(accept)).toThrow(/Answers come as/);
  });
});

describe('requests', () => {
  it('takes null for what may be left out', () => {
    expect(fromBody({ query: '{ a }', variables: null, operationName: null, extensions: null })).toEqual({ query: '{ a }', variables: {}, operationName: undefined });
  });

  it('reads maps of a GET as JSON', () => {
    expect(fromQuery({ query: '{ a }', variables: '{"a":1}', operationName: '' })).toEqual({ query: '{ a }', variables: { a: 1 }, operationName: undefined });
    expect(() => fromQuery({ query: '{ a }', variables: '{' })).toThrow('`variables` is to be JSON.');
  });

  it.each([[[]], ['text'], [null], [{}], [{ query: 1 }], [{ query: 'a', variables: [] }], [{ query: 'a', operationName: 1 }], [{ query: 'a', extensions: 'x' }]])('refuses %j', (body) => {
    expect(() => fromBody(body)).toThrow(/is to be|Send a JSON object|One operation/);
  });
});
