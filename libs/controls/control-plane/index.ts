import type { Control } from '../engine/control.js';
import { anonymousAccess } from './anonymous-access.js';
import { apiServerAuthz } from './api-server-authz.js';
import { auditLogging } from './audit-logging.js';
import { clusterAdminBindings } from './cluster-admin-bindings.js';
import { dashboardExposure } from './dashboard-exposure.js';
import { escalationVerbs } from './escalation-verbs.js';
import { kubeletAuthn } from './kubelet-authn.js';
import { legacySaTokens } from './legacy-sa-tokens.js';
import { secretReaders } from './secret-readers.js';
import { tokenAutomount } from './token-automount.js';
import { wildcardRules } from './wildcard-rules.js';

export const controlPlaneControls: readonly Control[] = [
  clusterAdminBindings,
  wildcardRules,
  escalationVerbs,
  secretReaders,
  anonymousAccess,
  tokenAutomount,
  legacySaTokens,
  apiServerAuthz,
  auditLogging,
  kubeletAuthn,
  dashboardExposure,
];
