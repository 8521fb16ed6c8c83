const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes as one big-endian number of exactly `length` base-62 digits (0-9, A-Z, a-z). Throws a `RangeError` if it does not fit. */
export function base62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text = digits.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  if (rest > 0n) throw new RangeError(`${bytes.length} bytes do not fit into ${length} base-62 digits`);
  return text;
}
