import type { KubeletFacts, KubeletField } from '../facts.js';
import type { EffectiveKubelet } from './effective-kubelet.js';
import type { KubeletKey } from './kubelet-settings.js';
import type { Origin } from './readable.js';

/** The key that each fact comes from; `rotateServerCertificate` is one of several gates. */
const keys = {
  anonymousAuth: 'authentication.anonymous.enabled',
  webhookAuthn: 'authentication.webhook.enabled',
  clientCAFile: 'authentication.x509.clientCAFile',
  authorizationMode: 'authorization.mode',
  readOnlyPort: 'readOnlyPort',
  debuggingHandlers: 'enableDebuggingHandlers',
  protectKernelDefaults: 'protectKernelDefaults',
  rotateCertificates: 'rotateCertificates',
  serverTLSBootstrap: 'serverTLSBootstrap',
  rotateServerCertificate: 'featureGates',
  tlsCertFile: 'tlsCertFile',
  tlsMinVersion: 'tlsMinVersion',
  tlsCipherSuites: 'tlsCipherSuites',
  eventRecordQPS: 'eventRecordQPS',
  streamingConnectionIdleTimeout: 'streamingConnectionIdleTimeout',
  makeIPTablesUtilChains: 'makeIPTablesUtilChains',
  seccompDefault: 'seccompDefault',
  podPidsLimit: 'podPidsLimit',
} as const satisfies Readonly<Record<KubeletField, KubeletKey>>;

/** What a kubelet goes by as configz would have it, with where each setting stands. */
export function kubeletFacts(node: string, effective: EffectiveKubelet): KubeletFacts {
  const values: Record<string, unknown> = {};
  const origins: Partial<Record<KubeletField, string>> = {};
  const unread: Partial<Record<KubeletField, string>> = {};
  for (const field of Object.keys(keys) as readonly KubeletField[]) {
    const setting = effective[keys[field]];
    if (setting.state === 'unreadable') unread[field] = setting.detail;
    else {
      values[field] = valueOf(field, setting.value);
      origins[field] = originText(setting.from);
    }
  }
  return { node, ...(values as Omit<KubeletFacts, 'node'>), origins, ...(Object.keys(unread).length > 0 && { unread }) };
}

/** As configz would have it. */
function valueOf(field: KubeletField, value: unknown): unknown {
  if (field === 'streamingConnectionIdleTimeout') return `${String(value)}s`;
  if (field === 'rotateServerCertificate') return (value as Readonly<Record<string, boolean>>)['RotateKubeletServerCertificate'];
  return value;
}

/** Where a setting stands: a flag, a path, or `default`. */
function originText(origin: Origin): string {
  switch (origin.source) {
    case 'flag': return `--${origin.flag}`;
    case 'environment': return origin.variable;
    case 'file':
    case 'drop-in': return origin.path;
    case 'default':
    case 'configz': return origin.source;
  }
}
