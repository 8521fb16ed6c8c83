import { GraphQLError, Kind, parse, visit, type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { fieldExtensionsEstimator, getComplexity, type ComplexityEstimator } from 'graphql-query-complexity';

export const limits = {
  /** Characters of a document. */
  length: 20_000,
  tokens: 2_000,
  depth: 8,
  aliases: 50,
  /** Fields at the top, each of which is a use case. */
  rootFields: 20,
  cost: 5_000,
} as const;

/** Parsed; throws a GraphQLError for what is too long or no GraphQL. */
export function parseOperation(query: string): DocumentNode {
  if (query.length > limits.length) throw tooLarge(`A document may have ${limits.length} characters.`);
  return parse(query, { maxTokens: limits.tokens });
}

/** What no document may be, whatever its variables. */
export function shapeProblems(document: DocumentNode): readonly GraphQLError[] {
  let aliases = 0;
  visit(document, { Field: (field) => void (field.alias && (aliases += 1)) });
  if (aliases > limits.aliases) return [tooLarge(`A document may have ${limits.aliases} aliases; this one has ${aliases}.`)];

  const measure = new Measure(document);
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    // Introspection is deep by nature; GraphQL's own rules bound how often its lists may stand in each other.
    const isIntrospection = definition.selectionSet.selections.every((selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'));
    return [
      ...(measure.rootFields(definition.selectionSet) > limits.rootFields ? [tooLarge(`An operation may ask for ${limits.rootFields} fields at the top.`)] : []),
      ...(!isIntrospection && measure.depth(definition.selectionSet) > limits.depth ? [tooLarge(`An operation may be ${limits.depth} fields deep.`)] : []),
    ];
  });
}

/** Where a field does not say itself what it costs: entries of a page count as often as they may be there, at least once: a size below that is refused later, and must not pay for other fields. Everything else counts once. */
const byPageSize: ComplexityEstimator = ({ args, childComplexity, field }) =>
  1 + (String(field.type).replace('!', '').endsWith('Connection') ? Math.max(Number(args['first'] ?? 50), 1) : 1) * childComplexity;

/** What the operation may cost with these variables. Throws a GraphQLError where that is more than one request may. */
export function checkCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): number {
  const operationName = operation.name?.value;
  const cost = getComplexity({ schema, query: document, variables: { ...variables }, ...(operationName === undefined ? {} : { operationName }), estimators: [fieldExtensionsEstimator(), byPageSize] });
  if (cost > limits.cost) throw tooLarge(`This operation may cost ${cost}; ${limits.cost} is allowed. Ask for fewer fields, or smaller pages.`);
  return cost;
}

const tooLarge = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_LARGE', reason: 'operation-too-large' } });

/** Sizes of selections, each fragment measured once: fragments of fragments could be walked for ever otherwise. */
class Measure {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly depths = new Map<string, number>();
  private readonly counts = new Map<string, number>();

  constructor({ definitions }: DocumentNode) {
    this.fragments = new Map(definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])));
  }

  depth({ selections }: SelectionSetNode): number {
    return selections.reduce((deepest, selection) => {
      if (selection.kind === Kind.FIELD) return Math.max(deepest, 1 + (selection.selectionSet ? this.depth(selection.selectionSet) : 0));
      return Math.max(deepest, selection.kind === Kind.INLINE_FRAGMENT ? this.depth(selection.selectionSet) : this.once(this.depths, selection.name.value, (fragment) => this.depth(fragment)));
    }, 0);
  }

  rootFields({ selections }: SelectionSetNode): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      return sum + (selection.kind === Kind.INLINE_FRAGMENT ? this.rootFields(selection.selectionSet) : this.once(this.counts, selection.name.value, (fragment) => this.rootFields(fragment)));
    }, 0);
  }

  private once(known: Map<string, number>, name: string, measure: (fragment: SelectionSetNode) => number): number {
    const size = known.get(name);
    if (size !== undefined) return size;
    // A cycle is refused by validation; here it only must end.
    known.set(name, 0);
    const fragment = this.fragments.get(name);
    const measured = fragment ? measure(fragment.selectionSet) : 0;
    known.set(name, measured);
    return measured;
  }
}
