import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProtocolError } from '../problems/protocol-error.js';

/** Of every body that is held in memory. */
export const bodyLimit = 1024 * 1024;
/** Of one that asks many questions at once. */
export const queryBodyLimit = 32 * 1024 * 1024;
/** In which it is to arrive. */
const arrivalMs = 30_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler reads the body itself, as it arrives, of one of these media types. */
    readonly streams?: readonly string[];
    /** Many things are asked at once: the body may be larger, and may be one of them a line, which then are the list of this name. */
    readonly manyOf?: string;
    /** Much is sent to ask one question: the body may be as large. */
    readonly isLarge?: true;
  }
}

/**
 * JSON for all routes; the untouched stream for those that ask for it. `admit` throws for who may not come in at all:
 * no body is held for strangers. To be called before any route is declared.
 */
export function registerBodyParsers(fastify: FastifyInstance, admit: (request: FastifyRequest) => Promise<unknown>): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const type = mediaType(request.headers['content-type']);
    const { streams, manyOf, isLarge } = request.routeOptions.config;
    if (streams) {
      if (!streams.includes(type)) throw unsupported(streams);
      return payload;
    }
    await admit(request);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new ProtocolError(415, 'unsupported-encoding', 'Send this body as it is, without Content-Encoding.');
    const bytes = await readUpTo(manyOf === undefined && !isLarge ? bodyLimit : queryBodyLimit, payload, request.headers['content-length']);
    if (bytes.length === 0) return undefined;
    if (manyOf !== undefined && type === ndjson) return { [manyOf]: parseLines(bytes) };
    if (type !== 'application/json') throw unsupported(['application/json', ...(manyOf === undefined ? [] : [ndjson])]);
    return parseJson(bytes);
  });
}

const ndjson = 'application/x-ndjson';

const mediaType = (header: string | undefined): string => (header ?? '').split(';', 1)[0]!.trim().toLowerCase();

const unsupported = (accepted: readonly string[]): ProtocolError =>
  new ProtocolError(415, 'unsupported-media-type', `Send the body as ${accepted.join(' or ')}, and say so in Content-Type.`, { accept: accepted.join(', ') });

async function readUpTo(limit: number, payload: IncomingMessage, announced: string | undefined): Promise<Buffer> {
  const tooLarge = (): ProtocolError => new ProtocolError(413, 'body-too-large', `A body may have ${limit / 1024} KiB here.`);
  if (Number(announced ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  // An iterator would destroy the socket when left early, and the answer with it.
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new ProtocolError(408, 'request-timeout', 'The body did not arrive in time.')), arrivalMs);
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(tooLarge());
      else chunks.push(chunk);
    });
    payload.on('end', resolve);
    payload.on('error', () => reject(new ProtocolError(400, 'body-broken-off', 'The body broke off.')));
    payload.on('close', () => reject(new ProtocolError(400, 'body-broken-off', 'The body broke off.')));
  }).finally(() => clearTimeout(timer));
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError(400, 'malformed-json', 'The body is not JSON in UTF-8.');
  }
}

/** One JSON value a line; empty lines are none. */
function parseLines(bytes: Buffer): readonly unknown[] {
  const lines = decode(bytes).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new ProtocolError(400, 'malformed-json', `Line ${index + 1} of the body is not JSON.`);
    }
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProtocolError(400, 'malformed-json', 'The body is not JSON in UTF-8.');
  }
}
