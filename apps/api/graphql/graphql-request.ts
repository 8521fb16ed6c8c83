import { ProtocolError } from '../problems/protocol-error.js';

/** What a client asks, once it is known to be well-formed. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

export const responseType = 'application/graphql-response+json';
export const eventStreamType = 'text/event-stream';
export type AnswerType = typeof responseType | 'application/json' | typeof eventStreamType;

/** From a body. Arrays would be batches, which multiply what one request may cost. */
export function fromBody(body: unknown): GraphqlRequest {
  if (Array.isArray(body)) throw malformed('One operation a request: batches are not taken.');
  if (!isMap(body)) throw malformed('Send a JSON object with a query.');
  return checked(body);
}

/** From the query parameters of a GET, where maps are JSON. */
export function fromQuery(parameters: unknown): GraphqlRequest {
  const given = isMap(parameters) ? parameters : {};
  return checked({ ...given, variables: parsed(given['variables'], 'variables'), extensions: parsed(given['extensions'], 'extensions') });
}

function checked({ query, variables, operationName, extensions }: Readonly<Record<string, unknown>>): GraphqlRequest {
  if (typeof query !== 'string') throw malformed('`query` is to be a string.');
  if (!isAbsent(operationName) && typeof operationName !== 'string') throw malformed('`operationName` is to be a string.');
  if (!isAbsent(variables) && !isMap(variables)) throw malformed('`variables` is to be an object.');
  if (!isAbsent(extensions) && !isMap(extensions)) throw malformed('`extensions` is to be an object.');
  return { query, variables: isMap(variables) ? variables : {}, operationName: typeof operationName === 'string' && operationName !== '' ? operationName : undefined };
}

/** The media type to answer in; throws where none of ours is accepted. Plain JSON where the client does not care. */
export function answerType(accept: string | undefined): AnswerType {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const wanted = accept
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return { type, q: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { type } of wanted) {
    if (type === responseType || type === 'application/json' || type === eventStreamType) return type;
    if (type === '*/*' || type === 'application/*') return 'application/json';
  }
  throw new ProtocolError(406, 'not-acceptable', `Answers come as ${responseType}, application/json or ${eventStreamType}.`);
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: unknown, name: string): unknown {
  if (isAbsent(text) || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw malformed(`\`${name}\` is to be JSON.`);
  }
}

const malformed = (message: string): ProtocolError => new ProtocolError(400, 'malformed-graphql-request', message);
