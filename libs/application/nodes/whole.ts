/** All bytes of a stream in one piece; throws `tooLarge()` as soon as there are more than `most`. */
export async function whole(bytes: AsyncIterable<Uint8Array>, most: number, tooLarge: () => Error): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.byteLength;
    if (size > most) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}
