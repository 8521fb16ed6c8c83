import { Composer, LineCounter, isMap, isScalar, isSeq, type Node } from 'yaml';
import { boundedTokens, type TokenBounds } from '#nodes/config/bounded-tokens.js';
import { shownPointer } from './json-pointer.js';
import { KubeconfigError, type KubeconfigProblem, type KubeconfigProblemType } from './kubeconfig-error.js';

const mostBytes = 256 * 1024;

const bounds: TokenBounds = {
  tokens: 40_000, openNodes: 40, countsEmptyDocuments: true,
  error: (problem) => (problem === 'several-documents'
    ? refused('kubeconfig-multiple-documents', 'The file has several documents; give one kubeconfig, without "---" inside.')
    : refused('kubeconfig-not-yaml', 'The file is nested too deeply or has too many parts to be a kubeconfig.')),
};

type Path = readonly (string | number)[];

/**
 * Reads one YAML (or JSON) document as plain data: no anchors, aliases, merge keys, tags or repeated keys,
 * a bounded size, depth and number of tokens. Maps come back without a prototype.
 * Throws `KubeconfigError` with all problems of this kind. Parse errors name line and code, never the text.
 */
export function readDocument(file: string | Uint8Array): unknown {
  const text = decode(file);
  const lines = new LineCounter();
  // Repeated keys are found below in linear time; the library's own check is quadratic.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: false, schema: 'core', keepSourceTokens: false });
  const [document] = [...composer.compose(boundedTokens(text, lines, bounds))];

  const fault = document?.errors[0];
  if (fault !== undefined) {
    throw refused('kubeconfig-not-yaml', `This is neither YAML nor JSON: ${fault.code} in line ${lines.linePos(fault.pos[0]).line}.`);
  }

  if (!document?.contents)
    throw refused('kubeconfig-not-yaml', 'The file is empty; paste the output of kubectl config view --raw --flatten.');

  const problems: KubeconfigProblem[] = [];
  const data = plain(document.contents, [], problems);
  if (problems.length > 0) throw new KubeconfigError(problems);
  return data;
}

function decode(file: string | Uint8Array): string {
  if ((typeof file === 'string' ? Buffer.byteLength(file) : file.byteLength) > mostBytes) {
    throw refused(
      'kubeconfig-too-large',
      `A kubeconfig may have ${mostBytes} bytes; keep one context only: kubectl config view --raw --flatten --minify.`,
    );
  }
  if (typeof file === 'string') return file;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw refused('kubeconfig-not-yaml', 'The file is not UTF-8 text.');
  }
}

function plain(node: Node | null, path: Path, problems: KubeconfigProblem[]): unknown {
  const report = (type: KubeconfigProblemType, detail: string, at: Path = path): void =>
    void problems.push({ type, pointer: shownPointer(at), detail });

  if (node === null) return null;
  if ('anchor' in node && node.anchor !== undefined) report('kubeconfig-alias', 'Anchors are not read; write the value where it is used.');
  if ('tag' in node && node.tag !== undefined) report('kubeconfig-tag', 'YAML tags are not read; write a plain value.');

  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => plain(asNode(item), [...path, index], problems));
  if (!isMap(node)) {
    report('kubeconfig-alias', 'Aliases are not read; write the value where it is used.');
    return null;
  }

  const map: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? plain(key, path, problems) : undefined;
    const at = [...path, String(name)];
    if (typeof name !== 'string') report('kubeconfig-wrong-type', 'A field name must be text.');
    else if (name === '<<') report('kubeconfig-alias', 'Merge keys are not read; write the fields where they are used.');
    else if (Object.hasOwn(map, name)) report('kubeconfig-duplicate-key', 'The field is given twice; keep one.', at);
    else map[name] = plain(asNode(value), at, problems);
  }
  return map;
}

function asNode(item: unknown): Node | null {
  return item === null || item === undefined ? null : (item as Node);
}

function refused(type: KubeconfigProblemType, detail: string): KubeconfigError {
  return new KubeconfigError([{ type, pointer: '', detail }]);
}
