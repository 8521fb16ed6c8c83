import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#application/app-error.js';
import { ProtocolError } from '../problems/protocol-error.js';
import { arriving } from '../http/arriving-body.js';
import type { UploadGate } from './upload-gate.js';

/** A sender that sends nothing for so long has left. */
const idleMs = 10_000;
/** For a body of some megabytes. */
const longestMs = 25_000;

/** Sent again, or not for the asking: no fault of what was sent. */
const innocent: ReadonlySet<AppError['kind']> = new Set(['conflict', 'limited', 'unavailable']);

export interface Upload {
  readonly gate: UploadGate;
  readonly clusterId: string;
  /** Throws where the sender may no longer. */
  readonly stillMay?: () => Promise<unknown>;
}

/** Takes an upload in through the gate; `mediaTypes` for the refusal of a request that has no body. */
export async function uploaded<T>(request: FastifyRequest, mediaTypes: readonly string[], { gate, clusterId, stillMay }: Upload, take: (bytes: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  const body = request.body as IncomingMessage | undefined;
  if (!body) throw new ProtocolError(415, 'unsupported-media-type', `Send it as ${mediaTypes.join(' or ')}, and say so in Content-Type.`, { accept: mediaTypes.join(', ') });
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new ProtocolError(415, 'unsupported-encoding', 'Send this body as it is, without Content-Encoding.');
  const passage = gate.enter(request.ip, clusterId);
  try {
    return await take(arriving(body, { idleMs, longestMs, ...(stillMay && { stillMay }) }));
  } catch (error) {
    if (error instanceof ProtocolError || (error instanceof AppError && !innocent.has(error.kind))) passage.refused();
    throw error;
  } finally {
    passage.leave();
  }
}
