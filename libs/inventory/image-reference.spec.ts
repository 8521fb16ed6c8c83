import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseImage, type ImageReference } from './image-reference.js';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const valid: readonly (readonly [string, ImageReference])[] = [
  ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
  ['nginx:1.29', { registry: 'docker.io', repository: 'library/nginx', tag: '1.29' }],
  ['docker.io/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
  ['index.docker.io/acme/web', { registry: 'docker.io', repository: 'acme/web' }],
  ['acme/web:latest', { registry: 'docker.io', repository: 'acme/web', tag: 'latest' }],
  ['ghcr.io/acme/shop/web:v1', { registry: 'ghcr.io', repository: 'acme/shop/web', tag: 'v1' }],
  ['localhost/web', { registry: 'localhost', repository: 'web' }],
  ['registry:5000/web', { registry: 'registry:5000', repository: 'web' }],
  ['registry:5000/web:2', { registry: 'registry:5000', repository: 'web', tag: '2' }],
  ['Registry/web', { registry: 'registry', repository: 'web' }],
  ['GHCR.io/acme/web', { registry: 'ghcr.io', repository: 'acme/web' }],
  ['[fd00::1]:5000/web', { registry: '[fd00::1]:5000', repository: 'web' }],
  ['10.0.0.1/web', { registry: '10.0.0.1', repository: 'web' }],
  [`nginx@${digest}`, { registry: 'docker.io', repository: 'library/nginx', digest }],
  [`ghcr.io/a/b:1@${digest}`, { registry: 'ghcr.io', repository: 'a/b', tag: '1', digest }],
  [`ghcr.io/a/b@sha512:${'a'.repeat(128)}`, { registry: 'ghcr.io', repository: 'a/b', digest: `sha512:${'a'.repeat(128)}` }],
  ['a/b__c/d--e/f.g', { registry: 'docker.io', repository: 'a/b__c/d--e/f.g' }],
];

const invalid = [
  '', ' ', ' nginx', 'nginx ', 'Nginx', 'nginx:', ':1', 'nginx:ta g', `nginx:${'a'.repeat(129)}`, 'nginx@', 'nginx@sha256:', 'nginx@sha256:abc', `nginx@${digest}@${digest}`, `nginx@${digest.slice(0, -1)}`, `nginx@${digest}0`, `nginx@SHA256:${'a'.repeat(64)}`, `nginx@sha256:${'A'.repeat(64)}`, `nginx@md5:${'a'.repeat(32)}`, '/nginx', 'nginx/',
  'a//b', 'ghcr.io/', 'ghcr.io//a', 'https://ghcr.io/a', 'a/-b', 'a/b-', 'a/b..c', 'a/b___c', '-host.example/a', 'host.example:port/a', 'ghcr.io/Acme/web', 'regіstry.example/app', 'a\u0000b', '../a', 'nginx\n', '${IMAGE}', 'a'.repeat(600),
];

describe('parseImage', () => {
  it.each(valid)('reads %s', (text, expected) => {
    expect(parseImage(text)).toEqual(expected);
  });

  it.each(invalid.map((text) => [JSON.stringify(text.slice(0, 40)), text]))('refuses %s', (_, text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  it('never throws and stays within its grammar', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9./:@_-]{0,80}$/)), (text) => {
      const image = parseImage(text);
      if (!image) return;
      expect(image.repository).toMatch(/^[a-z0-9._/-]+$/);
      expect(image.registry).toBe(image.registry.toLowerCase());
      expect(image.registry).not.toContain('/');
    }), { numRuns: 2_000 });
  });

  it('reads back what it read', () => {
    const piece = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,8})?$/);
    const host = fc.constantFrom('docker.io', 'ghcr.io', 'registry.example:5000', 'localhost', '123456789012.dkr.ecr.eu-west-1.amazonaws.com');
    fc.assert(fc.property(host, fc.array(piece, { minLength: 2, maxLength: 4 }), fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/)), fc.boolean(), (registry, pieces, tag, isPinned) => {
      const text = `${registry}/${pieces.join('/')}${tag === null ? '' : `:${tag}`}${isPinned ? `@${digest}` : ''}`;
      expect(parseImage(text)).toEqual({ registry, repository: pieces.join('/'), ...(tag !== null && { tag }), ...(isPinned && { digest }) });
    }));
  });

  it('is linear: half a kilobyte of near misses takes no time', () => {
    const start = performance.now();
    for (let i = 0; i < 200; i++) parseImage(`${'a-'.repeat(250)}!`);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
