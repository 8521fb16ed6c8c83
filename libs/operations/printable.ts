// C0, DEL, C1 (0x9b begins an ANSI sequence by itself), line separators, bidirectional controls, zero-width characters.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const treacherous = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text with everything written as `\uXXXX` that a terminal or a log reader would obey instead of show, so that
 * nobody's cluster names can start a new line or colour one. Keeps JSON text the same JSON.
 */
export const printable = (text: string): string => text.replace(treacherous, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
