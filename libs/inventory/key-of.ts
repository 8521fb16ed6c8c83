/** A key of several parts, in one piece: a template literal keeps its pieces beside it for as long as the key lives, which for short ones is twice as much. */
export const keyOf = (...parts: readonly string[]): string => parts.join('/');
