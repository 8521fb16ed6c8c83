import { describe, expect, it } from 'vitest';
import { csv } from './csv.js';

describe('CSV', () => {
  it('ends every row with CRLF, and quotes what would divide it', () => {
    expect(csv([['a', 'b'], ['1,2', 'say "x"'], ['two\nlines', 3]])).toBe('a,b\r\n"1,2","say ""x"""\r\n"two\nlines",3\r\n');
  });

  it('writes times as RFC 3339, and nothing for what is not there', () => {
    expect(csv([[new Date('2026-11-29T10:00:00Z'), null, 0]])).toBe('2026-11-29T10:00:00.000Z,,0\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\0x'])('lets no spreadsheet take %j for a formula', (text) => {
    const written = csv([[text]]);
    expect(written.replace(/^"/, '').startsWith("'")).toBe(true);
    expect(csv([[-1]])).toBe('-1\r\n');
  });
});
