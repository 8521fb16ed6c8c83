/** A set of small numbers, one bit each. */
export type Bits = Uint32Array;

export const newBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);
export const hasBit = (bits: Bits, id: number): boolean => ((bits[id >>> 5]! >>> (id & 31)) & 1) === 1;
export const setBit = (bits: Bits, id: number): void => {
  bits[id >>> 5]! |= 1 << (id & 31);
};
export const clearBit = (bits: Bits, id: number): void => {
  bits[id >>> 5]! &= ~(1 << (id & 31));
};

export function fillBits(bits: Bits, size: number): void {
  bits.fill(0xffffffff);
  const rest = size & 31;
  if (rest > 0) bits[bits.length - 1] = (1 << rest) - 1;
}

export function isEmptyBits(bits: Bits): boolean {
  for (const word of bits) if (word !== 0) return false;
  return true;
}

export function eachBit(bits: Bits, visit: (id: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word]!;
    while (rest !== 0) {
      const bit = 31 - Math.clz32(rest & -rest);
      visit((word << 5) | bit);
      rest &= rest - 1;
    }
  }
}
