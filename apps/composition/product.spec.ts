import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { product } from './product.js';

it('is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  expect(product).toBe(`Bulwark ${version}`);
});
