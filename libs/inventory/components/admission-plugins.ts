import type { ComponentFlags } from './component-flags.js';
import { defaultOf } from './component-flags.js';
import { oldestMinor } from './flag-definitions.js';
import { unreadable, type Setting } from './readable.js';

/** Plugins that run unless a flag says otherwise, and since which minor; 28 stands for 1.28 and before (pkg/kubeapiserver/options/plugins.go). */
export const pluginsOnSince: Readonly<Record<string, number>> = {
  CertificateApproval: 28, CertificateSigning: 28, CertificateSubjectRestriction: 28, ClusterTrustBundleAttest: 28, DefaultIngressClass: 28, DefaultStorageClass: 28, DefaultTolerationSeconds: 28,
  LimitRanger: 28, MutatingAdmissionWebhook: 28, NamespaceLifecycle: 28, PersistentVolumeClaimResize: 28, PodSecurity: 28, Priority: 28, ResourceQuota: 28, RuntimeClass: 28, ServiceAccount: 28,
  StorageObjectInUseProtection: 28, TaintNodesByCondition: 28, ValidatingAdmissionPolicy: 28, ValidatingAdmissionWebhook: 28,
  MutatingAdmissionPolicy: 32, PodTopologyLabels: 33, NodeDeclaredFeatureValidator: 35, JobValidation: 36, PodGroupProtection: 36, PodGroupWorkloadExists: 36, PodResizeValidator: 36,
};

/** Whether an admission plugin runs: as a flag says, else by default. With `--admission-control` only those that it names do. */
export function admissionPlugin(server: ComponentFlags, plugin: string): Setting<boolean> {
  const [legacy, enabled, disabled] = (['admission-control', 'enable-admission-plugins', 'disable-admission-plugins'] as const).map((flag) => {
    const given = server.given(flag);
    return given?.state === 'read' ? { ...given, value: given.value as readonly string[] } : given;
  });
  for (const given of [legacy, enabled, disabled]) if (given?.state === 'unreadable') return given;
  const names = (given: typeof legacy): readonly string[] | undefined => (given?.state === 'read' ? given.value : undefined);
  const all = names(legacy);
  if (all && (enabled ?? disabled)) return unreadable('contradictory', '--admission-control is given beside --enable-admission-plugins or --disable-admission-plugins, with which the server does not start');
  if (all) return { state: 'read', value: all.includes(plugin), from: { source: 'flag', flag: 'admission-control' } };
  const [isEnabled, isDisabled] = [names(enabled)?.includes(plugin) === true, names(disabled)?.includes(plugin) === true];
  if (isEnabled && isDisabled) return unreadable('contradictory', `${plugin} is both enabled and disabled, with which the server does not start`);
  if (isEnabled) return { state: 'read', value: true, from: { source: 'flag', flag: 'enable-admission-plugins' } };
  if (isDisabled) return { state: 'read', value: false, from: { source: 'flag', flag: 'disable-admission-plugins' } };
  const since = Object.hasOwn(pluginsOnSince, plugin) ? pluginsOnSince[plugin]! : undefined;
  const defaults = since === undefined ? [{ since: oldestMinor, value: false }] as const : since <= oldestMinor ? [{ since: oldestMinor, value: true }] as const : [{ since: oldestMinor, value: false }, { since, value: true }] as const;
  return defaultOf<boolean>([...defaults], server.version, `the admission plugin ${plugin}`);
}
