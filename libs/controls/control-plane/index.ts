import type { Control } from '../engine/control.js';
import { anonymousAccess } from './anonymous-access.js';
import { apiServerAdmission } from './api-server-admission.js';
import { apiServerAnonymousAuth } from './api-server-anonymous-auth.js';
import { apiServerAuthn } from './api-server-authn.js';
import { apiServerAuthz } from './api-server-authz.js';
import { apiServerExposure } from './api-server-exposure.js';
import { apiServerTls } from './api-server-tls.js';
import { auditLogging } from './audit-logging.js';
import { auditPolicyQuality } from './audit-policy-quality.js';
import { certificateExpiry } from './certificate-expiry.js';
import { clusterAdminBindings } from './cluster-admin-bindings.js';
import { clusterRoleWhereRoleServes } from './cluster-role-where-role-serves.js';
import { componentLeastPrivilege } from './component-least-privilege.js';
import { controllerManagerAndScheduler } from './controller-manager-and-scheduler.js';
import { dashboardExposure } from './dashboard-exposure.js';
import { defaultSaPrivileges } from './default-sa-privileges.js';
import { escalationVerbs } from './escalation-verbs.js';
import { etcdEncryption } from './etcd-encryption.js';
import { etcdExposure } from './etcd-exposure.js';
import { etcdMutualTls } from './etcd-mutual-tls.js';
import { execAndNodeProxy } from './exec-and-node-proxy.js';
import { kubeletAuthn } from './kubelet-authn.js';
import { kubeletAuthz } from './kubelet-authz.js';
import { kubeletHardening } from './kubelet-hardening.js';
import { kubeletPorts } from './kubelet-ports.js';
import { legacySaTokens } from './legacy-sa-tokens.js';
import { minimalNodeOs } from './minimal-node-os.js';
import { nodeUpdates } from './node-updates.js';
import { podCreationRights } from './pod-creation-rights.js';
import { riskyWriteRights } from './risky-write-rights.js';
import { saTokenLifetime } from './sa-token-lifetime.js';
import { secretReaders } from './secret-readers.js';
import { systemMasters } from './system-masters.js';
import { tokenAutomount } from './token-automount.js';
import { wildcardRules } from './wildcard-rules.js';

export const controlPlaneControls: readonly Control[] = [
  clusterAdminBindings,
  defaultSaPrivileges,
  wildcardRules,
  escalationVerbs,
  podCreationRights,
  execAndNodeProxy,
  secretReaders,
  riskyWriteRights,
  clusterRoleWhereRoleServes,
  anonymousAccess,
  systemMasters,
  tokenAutomount,
  legacySaTokens,
  saTokenLifetime,
  apiServerAnonymousAuth,
  apiServerAuthn,
  apiServerAuthz,
  apiServerAdmission,
  apiServerTls,
  apiServerExposure,
  certificateExpiry,
  auditLogging,
  auditPolicyQuality,
  controllerManagerAndScheduler,
  etcdEncryption,
  etcdMutualTls,
  etcdExposure,
  kubeletAuthn,
  kubeletAuthz,
  kubeletPorts,
  kubeletHardening,
  dashboardExposure,
  minimalNodeOs,
  nodeUpdates,
  componentLeastPrivilege,
];
