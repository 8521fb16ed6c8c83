import { checksAt } from '#inventory/pod-security/evaluate-pod-security.js';
import type { PodSecurityLevel, PodSecurityVersion } from '#inventory/pod-security/pod-security-version.js';

/** The server's word for what a check forbids, and the check; `_baseline` and `_restricted` left out where both say the same. */
const checks: ReadonlyMap<string, string> = new Map([
  ['forbidden AppArmor profile', 'appArmorProfile'],
  ['forbidden AppArmor profiles', 'appArmorProfile'],
  ['non-default capabilities', 'capabilities_baseline'],
  ['host namespaces', 'hostNamespaces'],
  ['hostPath volumes', 'hostPathVolumes'],
  ['hostPort', 'hostPorts'],
  ['probe or lifecycle host', 'hostProbesAndHostLifecycle'],
  ['privileged', 'privileged'],
  ['procMount', 'procMount'],
  ['seLinuxOptions', 'seLinuxOptions'],
  ['seccompProfile', 'seccompProfile'],
  ['forbidden sysctls', 'sysctls'],
  ['hostProcess', 'windowsHostProcess'],
  ['allowPrivilegeEscalation != false', 'allowPrivilegeEscalation'],
  ['unrestricted capabilities', 'capabilities_restricted'],
  ['restricted volume types', 'restrictedVolumes'],
  ['runAsNonRoot != true', 'runAsNonRoot'],
  ['runAsUser=0', 'runAsUser'],
]);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const pattern = new RegExp(`(?:^|, )(${Array.from(checks.keys(), escaped).join('|')})(?= \\(|, |$)`, 'g');

/** The checks that the server's admission names in a list of reasons, with or without details in parentheses; sorted. */
export function checksNamed(level: PodSecurityLevel, version: PodSecurityVersion, reasons: string): readonly string[] {
  const asked = checksAt(level, version);
  const named = Array.from(reasons.matchAll(pattern), ([, word = '']) => {
    const check = checks.get(word)!;
    return asked.find((id) => id === check || (id.startsWith(`${check}_`))) ?? `unasked ${check}`;
  });
  return named.length === 0 ? [`unread ${reasons}`] : [...new Set(named)].sort();
}
