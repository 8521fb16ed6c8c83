import { hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle, restrictedVolumes, windowsHostProcess } from './host-rules.js';
import { appArmorProfile, procMount, seccompAnnotations, seccompBaseline, seccompRestricted, seLinuxOptions, sysctls } from './kernel-rules.js';
import { allowPrivilegeEscalation, capabilitiesBaseline, capabilitiesRestricted, privileged, runAsNonRoot, runAsUser } from './privilege-rules.js';
import { unlessOwnUsers, unlessWindows, type Rule } from './rule.js';

/** Upstream's ids, in upstream's order: baseline, then restricted. */
export const podSecurityCheckIds = [
  'appArmorProfile', 'capabilities_baseline', 'hostNamespaces', 'hostPathVolumes', 'hostPorts', 'hostProbesAndHostLifecycle', 'privileged',
  'procMount', 'seLinuxOptions', 'seccompProfile_baseline', 'sysctls', 'windowsHostProcess',
  'allowPrivilegeEscalation', 'capabilities_restricted', 'procMount_restricted', 'restrictedVolumes', 'runAsNonRoot', 'runAsUser', 'seccompProfile_restricted',
] as const;
export type PodSecurityCheckId = (typeof podSecurityCheckIds)[number];

export interface PodSecurityCheck {
  readonly level: 'baseline' | 'restricted';
  /** Rules by the minor from which each holds, oldest first, until the next. Before the first there is no such check. */
  readonly rules: readonly (readonly [since: number, rule: Rule])[];
  /** The baseline check that is not asked at restricted while this one is. */
  readonly replaces?: PodSecurityCheckId;
}

const seLinuxTypes = ['container_t', 'container_init_t', 'container_kvm_t'];

const sysctls0 = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'];
const sysctls27 = [...sysctls0, 'net.ipv4.ip_local_reserved_ports'];
const sysctls29 = [...sysctls27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'];
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];
const sysctls37 = [...sysctls32, 'net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat'];

/** What the standards ask, since when. */
export const podSecurityChecks: Readonly<Record<PodSecurityCheckId, PodSecurityCheck>> = {
  appArmorProfile: { level: 'baseline', rules: [[0, appArmorProfile]] },
  capabilities_baseline: { level: 'baseline', rules: [[0, capabilitiesBaseline]] },
  hostNamespaces: { level: 'baseline', rules: [[0, hostNamespaces]] },
  hostPathVolumes: { level: 'baseline', rules: [[0, hostPathVolumes]] },
  hostPorts: { level: 'baseline', rules: [[0, hostPorts]] },
  hostProbesAndHostLifecycle: { level: 'baseline', rules: [[34, hostProbesAndHostLifecycle]] },
  privileged: { level: 'baseline', rules: [[0, privileged]] },
  procMount: { level: 'baseline', rules: [[0, procMount], [35, unlessOwnUsers(procMount)]] },
  seLinuxOptions: { level: 'baseline', rules: [[0, seLinuxOptions(new Set(seLinuxTypes))], [31, seLinuxOptions(new Set([...seLinuxTypes, 'container_engine_t']))]] },
  seccompProfile_baseline: { level: 'baseline', rules: [[0, seccompAnnotations], [19, seccompBaseline]] },
  sysctls: {
    level: 'baseline',
    rules: [[0, sysctls(new Set(sysctls0))], [27, sysctls(new Set(sysctls27))], [29, sysctls(new Set(sysctls29))], [32, sysctls(new Set(sysctls32))], [37, sysctls(new Set(sysctls37))]],
  },
  windowsHostProcess: { level: 'baseline', rules: [[0, windowsHostProcess]] },
  allowPrivilegeEscalation: { level: 'restricted', rules: [[8, allowPrivilegeEscalation], [25, unlessWindows(allowPrivilegeEscalation)]] },
  capabilities_restricted: { level: 'restricted', rules: [[22, capabilitiesRestricted], [25, unlessWindows(capabilitiesRestricted)]], replaces: 'capabilities_baseline' },
  procMount_restricted: { level: 'restricted', rules: [[35, procMount]], replaces: 'procMount' },
  restrictedVolumes: { level: 'restricted', rules: [[0, restrictedVolumes]], replaces: 'hostPathVolumes' },
  runAsNonRoot: { level: 'restricted', rules: [[0, runAsNonRoot], [35, unlessOwnUsers(runAsNonRoot)]] },
  runAsUser: { level: 'restricted', rules: [[23, runAsUser], [35, unlessOwnUsers(runAsUser)]] },
  seccompProfile_restricted: { level: 'restricted', rules: [[19, seccompRestricted], [25, unlessWindows(seccompRestricted)]], replaces: 'seccompProfile_baseline' },
};
