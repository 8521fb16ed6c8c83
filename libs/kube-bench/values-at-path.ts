type Raw = Readonly<Record<string, unknown>>;

/** Values at a dotted path of JSON or of block YAML, as text; a list gives its items. Empty where there is none, or the text is neither. */
export function valuesAtPath(text: string, path: string): readonly string[] {
  const keys = path.split('.');
  if (!text.trimStart().startsWith('{')) return yamlValues(text, keys);
  try {
    return jsonValues(JSON.parse(text), keys);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function jsonValues(value: unknown, keys: readonly string[]): readonly string[] {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return [];
    at = (at as Raw)[key];
  }
  return (Array.isArray(at) ? at : [at]).filter((item) => item !== null && typeof item !== 'object').map(String);
}

/**
 * Scalars below their keys by indentation alone: enough for the files that components write, without a parser that
 * unfolds what strangers sent. Anchors, flow maps and texts of several lines give nothing.
 */
function yamlValues(text: string, keys: readonly string[]): readonly string[] {
  const above: { readonly indent: number; readonly key: string }[] = [];
  const values: string[] = [];
  let listAt: number | undefined;
  for (const line of text.split('\n')) {
    const item = /^( *)- +(\S.*)$/.exec(line);
    if (item && listAt !== undefined && item[1]!.length >= listAt) {
      values.push(...scalars(item[2]!));
      continue;
    }
    const entry = /^( *)([A-Za-z][\w-]*):(?: +(.*))?$/.exec(line);
    if (!entry) continue;
    listAt = undefined;
    const indent = entry[1]!.length;
    while (above.length > 0 && above.at(-1)!.indent >= indent) above.pop();
    above.push({ indent, key: entry[2]! });
    if (above.length !== keys.length || !above.every(({ key }, i) => key === keys[i])) continue;
    const rest = (entry[3] ?? '').trim();
    if (rest === '' || rest.startsWith('#')) listAt = indent;
    else values.push(...(/^\[.*\]$/.test(rest) ? rest.slice(1, -1).split(',').flatMap((word) => scalars(word.trim())) : scalars(rest)));
  }
  return values;
}

/** One plain or quoted scalar, without a comment behind it. */
function scalars(text: string): readonly string[] {
  const quoted = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(text);
  if (quoted) return [quoted[2]!];
  const comment = text.search(/\s#/);
  const plain = (comment < 0 ? text : text.slice(0, comment)).trim();
  return plain === '' || /^[&*!|>{["']/.test(plain) ? [] : [plain];
}
