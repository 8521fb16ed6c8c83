import { gzipSync } from 'node:zlib';
import type { EvidencePack } from '#application/ports/cluster-collector.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';

/** Evidence of a node as it is kept. */
export const packOf = (node: string, at: Date, evidence: NodeEvidence): EvidencePack => ({ kind: 'node', node, collectedAt: at.toISOString(), packed: gzipSync(JSON.stringify(evidence)) });
