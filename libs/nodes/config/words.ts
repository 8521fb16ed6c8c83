import { ConfigError } from './config-error.js';

/** Words of a line by the quoting that shells and systemd share: blanks part, quotes keep together, a backslash escapes. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && i + 1 < line.length) word = (word ?? '') + line[++i]!;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\' && i + 1 < line.length) word = (word ?? '') + line[++i]!;
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') throw new ConfigError('A quote is opened and never closed.');
  return word === undefined ? words : [...words, word];
}

/** Lines that are no comment, with those a backslash continues joined. */
export function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let open = '';
  for (const raw of text.split(/\r?\n/)) {
    // Comments stand between the lines of one that goes on.
    if (/^\s*[#;]/.test(raw)) continue;
    if (raw.endsWith('\\')) open += `${raw.slice(0, -1)} `;
    else {
      lines.push(open + raw);
      open = '';
    }
  }
  return open === '' ? lines : [...lines, open];
}
