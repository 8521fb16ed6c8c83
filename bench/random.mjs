/** A 32-bit hash of two numbers: the only source of chance, so that a seed gives the same cluster everywhere. */
export function mix(index, seed) {
  let x = (index ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix as Kubernetes makes them for generated names. */
export function suffix(index, seed, length = 5) {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[mix(index, seed + 31 * i) % alphabet.length];
  return text;
}

export const hex = (index, seed) => mix(index, seed).toString(16).padStart(8, '0');

/** 64 hex digits, as digests and container ids have. */
export function hex64(index, seed) {
  let text = '';
  for (let i = 0; i < 8; i++) text += hex(index, seed + i);
  return text;
}

export function uid(index, seed) {
  const [a, b, c, d] = [hex(index, seed), hex(index, seed + 1), hex(index, seed + 2), hex(index, seed + 3)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
