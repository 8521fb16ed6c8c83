import { gunzipSync } from 'node:zlib';
import type { EvidencePack } from '#application/ports/cluster-collector.js';
import type { KubeBenchRun } from '#kube-bench/report.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';

/** Far above what is ever kept of one node: a pack that is larger was not packed by us. */
const LARGEST = 256 * 1024 * 1024;

/** What was packed; nobody else can have sealed it, so that its type is that of what was. */
export const unpackNode = ({ packed }: Extract<EvidencePack, { kind: 'node' }>): NodeEvidence => unpack(packed) as NodeEvidence;
export const unpackRun = ({ packed }: Extract<EvidencePack, { kind: 'kube-bench' }>): KubeBenchRun => unpack(packed) as KubeBenchRun;

const unpack = (packed: Uint8Array): unknown => JSON.parse(gunzipSync(packed, { maxOutputLength: LARGEST }).toString('utf8'));
