import type { Control } from '../engine/control.js';
import { apparmorSelinux } from './apparmor-selinux.js';
import { barePods } from './bare-pods.js';
import { capabilitiesAdded } from './capabilities-added.js';
import { capabilitiesDropAll } from './capabilities-drop-all.js';
import { defaultNamespace } from './default-namespace.js';
import { defaultServiceAccount } from './default-service-account.js';
import { explicitUid } from './explicit-uid.js';
import { hostNamespaces } from './host-namespaces.js';
import { hostPath } from './host-path.js';
import { hostPorts } from './host-ports.js';
import { podSecurityPolicy } from './pod-security-policy.js';
import { policyEngine } from './policy-engine.js';
import { policyEngineCoverage } from './policy-engine-coverage.js';
import { privilegedPortAndSsh } from './privileged-port-and-ssh.js';
import { privilegeEscalation } from './privilege-escalation.js';
import { privileged } from './privileged.js';
import { probesAndReplicas } from './probes-and-replicas.js';
import { psaEnforce } from './psa-enforce.js';
import { psaExemptions } from './psa-exemptions.js';
import { pssBaseline } from './pss-baseline.js';
import { pssRestricted } from './pss-restricted.js';
import { readOnlyRootFilesystem } from './read-only-root-filesystem.js';
import { resourceLimits } from './resource-limits.js';
import { runAsNonRoot } from './run-as-non-root.js';
import { runtimeSocket } from './runtime-socket.js';
import { seccomp } from './seccomp.js';
import { shareProcessNamespace } from './share-process-namespace.js';
import { sysctlsAndProcMount } from './sysctls-and-proc-mount.js';
import { userNamespaces } from './user-namespaces.js';

export const workloadsControls: readonly Control[] = [
  pssBaseline, pssRestricted, psaEnforce, psaExemptions, podSecurityPolicy, runAsNonRoot, readOnlyRootFilesystem, privilegeEscalation, capabilitiesDropAll, capabilitiesAdded, privileged, hostNamespaces,
  hostPath, runtimeSocket, seccomp, resourceLimits, hostPorts, sysctlsAndProcMount, apparmorSelinux, shareProcessNamespace, explicitUid, userNamespaces, defaultNamespace,
  defaultServiceAccount, barePods, privilegedPortAndSsh, probesAndReplicas, policyEngine, policyEngineCoverage,
];
