/** Everything but letters, digits and a few signs, by its number: a label may hold nothing that Mermaid or HTML would read. */
export const mermaidLabel = (text: string): string => text.replace(/[^\p{L}\p{N} ./,:_-]/gu, (sign) => `#${sign.codePointAt(0)!};`);
