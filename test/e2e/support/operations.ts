import type { LiveApi } from './live-api.js';

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** A route as the description has it. */
export interface RestOperation {
  readonly id: string;
  readonly method: (typeof methods)[number];
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  readonly takesBody: boolean;
  /** What is sent may speak for itself. */
  readonly isKeyOptional: boolean;
  /** Schema of the answer by status, where it is JSON. */
  readonly answers: Readonly<Record<string, unknown>>;
}

interface Described {
  readonly operationId: string;
  readonly requestBody?: unknown;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

export const describedBy = async (api: LiveApi): Promise<OpenApiDocument> => (await api.as('').get('/openapi.json').expect(200)).body;

/** Every operation of the served description. */
export async function operationsOf(api: LiveApi): Promise<readonly RestOperation[]> {
  const { paths } = await describedBy(api);
  return Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method];
      if (!operation) return [];
      const answers = Object.fromEntries(Object.entries(operation.responses).flatMap(([status, { content }]) => (content?.['application/json'] ? [[status, content['application/json'].schema]] : [])));
      return [{ id: operation.operationId, method, path, takesBody: operation.requestBody !== undefined, isKeyOptional: operation.security?.some((way) => Object.keys(way).length === 0) ?? false, answers }];
    }),
  );
}
