import { getOperationAST, GraphQLError, subscribe, validate, type DocumentNode, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { FastifyInstance } from 'fastify';
import type { GraphqlContext } from './graphql-context.js';
import type { GraphqlRequest } from './graphql-request.js';
import { checkCost, parseOperation, shapeProblems } from './operation-limits.js';

/** An operation that may be carried out. */
export interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
}

/** Mercurius behind the limits that every operation has to keep, whichever way it comes. */
export class GraphqlDoor {
  constructor(private readonly fastify: FastifyInstance) {}

  get schema(): GraphQLSchema {
    return this.fastify.graphql.schema;
  }

  /** The operation, or what is wrong with the document. Nothing has been carried out yet. */
  prepare({ query, variables, operationName }: GraphqlRequest): Operation | { readonly errors: readonly GraphQLError[] } {
    try {
      const document = parseOperation(query);
      const problems = shapeProblems(document);
      if (problems.length > 0) return { errors: problems };
      const definition = getOperationAST(document, operationName);
      if (!definition) return { errors: [new GraphQLError(operationName === undefined ? 'The document has several operations; say which by `operationName`.' : 'The document has no operation of this name.')] };
      checkCost(this.schema, document, definition, variables);
      return { document, definition };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  /** Carries out a query or mutation. `data` is absent where the document was refused. */
  async execute({ query, variables, operationName }: GraphqlRequest, context: GraphqlContext): Promise<ExecutionResult> {
    try {
      // By text, for Mercurius remembers which documents it has found valid.
      return await this.fastify.graphql(query, { ...context }, { ...variables }, operationName);
    } catch (error) {
      const errors = refusalsIn(error);
      if (errors) return { errors };
      throw error;
    }
  }

  /** Opens a subscription; answers with errors where it cannot be opened. */
  async subscribe({ document }: Operation, { variables, operationName }: GraphqlRequest, contextValue: GraphqlContext): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
    const errors = validate(this.schema, document);
    if (errors.length > 0) return { errors };
    return subscribe({ schema: this.schema, document, contextValue, variableValues: variables, ...(operationName === undefined ? {} : { operationName }) });
  }
}

/** Mercurius throws its refusals with the GraphQL errors inside. */
function refusalsIn(error: unknown): readonly GraphQLError[] | undefined {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return undefined;
  const errors = error.errors.filter((inner): inner is GraphQLError => inner instanceof GraphQLError);
  return errors.length > 0 ? errors : undefined;
}
