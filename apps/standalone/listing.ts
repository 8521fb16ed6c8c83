/** Lines of at most `columns` characters, broken at spaces; the first begins with `head`, the others are indented as far. */
export function wrapped(text: string, head: string, columns: number): readonly string[] {
  const indent = ' '.repeat(head.length);
  const lines: string[] = [];
  let line = head;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((piece) => piece !== '')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** At most `columns` characters, the end cut off where there are more. */
export const clipped = (text: string, columns: number): string => (text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1)).trimEnd()}…`);

/** The first sentence of a text of ours; all of it where it is one. */
export const firstSentence = (text: string): string => /^.*?[.](?=\s+\p{Lu})/su.exec(text)?.[0] ?? text;

/** `1 finding`, `2 findings`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The first lines, at most `columns` wide, the last of them marked where there are more. */
export const atMost = (count: number, lines: readonly string[], columns: number): readonly string[] =>
  lines.length <= count ? lines : [...lines.slice(0, count - 1), `${lines[count - 1]!.slice(0, columns - 2).replace(/[\s,;:.]+$/, '')} …`];
