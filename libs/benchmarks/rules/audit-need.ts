import type { AuditLevel } from '#inventory/components/audit-policy.js';

/** Requests that an audit policy must record, at least at a level. */
export interface AuditNeed {
  /** '' is the core group. */
  readonly group: string;
  /** With its subresource: `pods/exec`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly least: AuditLevel;
}

const writes = ['create', 'update', 'patch', 'delete'];

/** Who read or changed credentials and workloads, and who reached into pods. Metadata is enough, and keeps Secrets out of the log. */
export const sensitiveRequests: readonly AuditNeed[] = [
  { group: '', resources: ['secrets', 'configmaps'], verbs: ['get', 'list', 'watch', ...writes], least: 'Metadata' },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'], verbs: ['create'], least: 'Metadata' },
  { group: '', resources: ['pods'], verbs: writes, least: 'Metadata' },
  { group: 'apps', resources: ['deployments'], verbs: writes, least: 'Metadata' },
  { group: '', resources: ['pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'], verbs: ['get', 'create'], least: 'Metadata' },
];
