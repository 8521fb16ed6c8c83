import { Agent, request as send } from 'undici';

/** How one raw call differs from a plain JSON call as the cluster's administrator. */
export type RequestOptions = {
  /** Another bearer token; null sends none. */
  readonly token?: string | null;
  /** Content type of the body; application/json unless told. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

/** `body` is parsed when the server says it is JSON, else it is the text; `warnings` are the texts of its Warning headers, where it has some. */
export type ApiResponse = { readonly status: number; readonly body: unknown; readonly warnings?: readonly string[] };

/** Raw REST to one API server. Rejects only when there was no answer. */
export type ApiClient = {
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse>;
  close(): Promise<void>;
};

export function createApiClient(url: string, ca: string, adminToken: string): ApiClient {
  const agent = new Agent({ connect: { ca } });
  return {
    request: async (method, path, body, options = {}) => {
      const { token = adminToken, contentType = 'application/json', timeoutMs = 30_000 } = options;
      const response = await send(new URL(path, url), {
        method: method.toUpperCase(),
        dispatcher: agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.body.text();
      const isJson = String(response.headers['content-type'] ?? '').includes('json');
      const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
      const { warning } = response.headers;
      return { status: response.statusCode, body: parsed, ...(warning !== undefined && { warnings: [warning].flat().map(warningText) }) };
    },
    // Pending requests of a test that failed must not hold up the end of the cluster.
    close: () => agent.destroy(),
  };
}

/** A header reads `299 - "text"`. */
const warningText = (header: string): string => header.replace(/^\d+ \S+ "/, '').replace(/"$/, '').replace(/\\(.)/g, '$1');
