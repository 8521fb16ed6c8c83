import { Lexer, Parser, type CST, type LineCounter } from 'yaml';

export interface TokenBounds {
  readonly tokens: number;
  /** Collections inside one another: the library's composer is recursive, and near the end of the stack V8 may abort the process instead of throwing. */
  readonly openNodes: number;
  /** Whether a last `---` with nothing after it is a document more. */
  readonly countsEmptyDocuments: boolean;
  /** What is thrown where a bound is passed. */
  readonly error: (problem: 'several-documents' | 'too-large') => Error;
}

/** The tokens of one YAML or JSON document, stopped as soon as a bound is passed. */
export function* boundedTokens(text: string, lines: LineCounter, { tokens: mostTokens, openNodes, countsEmptyDocuments, error }: TokenBounds): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let tokens = 0;
  let documents = 0;
  const counted = function* (found: Iterable<CST.Token>): Generator<CST.Token> {
    for (const token of found) {
      if (token.type === 'document' && (countsEmptyDocuments || token.value !== undefined) && (documents += 1) > 1) throw error('several-documents');
      yield token;
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    if ((tokens += 1) > mostTokens || parser.stack.length > openNodes) throw error('too-large');
    yield* counted(parser.next(lexeme));
  }
  yield* counted(parser.end());
}
