import type { NodeEvidence } from '../node-evidence.js';

/** A node with nothing on it, and what is given. */
export const evidenceOf = (some: Partial<NodeEvidence> = {}): NodeEvidence => ({
  collection: { startedAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:00:01.000Z', uid: 0, seesAllProcesses: true, notes: [] },
  platforms: [],
  os: { state: 'read', value: { id: 'debian', version: '12', name: 'Debian' } },
  kernel: { state: 'read', value: '6.1.0' },
  packages: { state: 'absent', detail: '' },
  processes: { items: [], truncated: false },
  files: { items: [], truncated: false },
  trees: { items: [], truncated: false },
  configs: { items: [], truncated: false },
  certificates: { items: [], truncated: false },
  units: { items: [], truncated: false },
  sockets: { state: 'read', value: { items: [], truncated: false } },
  accounts: { state: 'read', value: true },
  ...some,
});
