/** Whether a text matches a pattern of `*` (any text) and `?` (one character). */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  // Greedy with one way back: patterns of many stars cost no more than their length times the text's.
  while (position < text.length) {
    if (at < pattern.length && (pattern[at] === '?' || (pattern[at] === text[position] && pattern[at] !== '*'))) {
      at++;
      position++;
    } else if (pattern[at] === '*') {
      star = at++;
      resume = position;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
