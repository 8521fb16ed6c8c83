export type CsvCell = string | number | Date | null;

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front, which it takes for text. */
export const csv = (rows: Iterable<readonly CsvCell[]>): string => [...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

function cell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value.replace(/^[=+\-@\t\r\0]/, "'$&") : value.toISOString();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
