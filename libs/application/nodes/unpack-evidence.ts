import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { evidenceIn, type CheckedBundle } from '#nodes/wire/read-bundle.js';
import type { UnpackedEvidence } from '../ports/evidence-unpacker.js';

/** Takes what is known to belong there, and nothing else. Throws `BundleError`. */
export async function unpackEvidence(bundle: CheckedBundle): Promise<UnpackedEvidence> {
  const evidence = await evidenceIn(bundle);
  return { packed: await promisify(gzip)(JSON.stringify(evidence)), ...(evidence.machine !== undefined && { machine: evidence.machine }) };
}
