import type { SettingValue } from './flag-definitions.js';

export type KubeletValueType = 'boolean' | 'integer' | 'text' | 'duration' | 'list' | 'gates';

export interface KubeletSetting {
  readonly type: KubeletValueType;
  /** What the kubelet takes where a file leaves the key out (pkg/kubelet/apis/config/v1beta1/defaults.go). */
  readonly inFile: SettingValue;
  /** What it takes without any file, where that is another (applyLegacyDefaults in cmd/kubelet/app/options/options.go). */
  readonly withoutFile?: SettingValue;
  /** The flag that sets it, which is stronger than every file. */
  readonly flag?: string;
  /** Whether an explicit zero counts as left out: the field is no pointer in v1beta1/types.go, and its default is another value. */
  readonly zeroIsDefault?: true;
  /** Whether configz leaves zero out: the field is no pointer and has `omitempty`. What else it leaves out nobody knows. */
  readonly zeroIsOmitted?: true;
  /** A file's name, which is relative to the file that names it. */
  readonly isPath?: true;
}

/** Keys of KubeletConfiguration that benchmark items read. Looked up for 1.28 to 1.36, between which none changed. */
export const kubeletSettings = {
  'authentication.anonymous.enabled': { type: 'boolean', inFile: false, withoutFile: true, flag: 'anonymous-auth' },
  'authentication.webhook.enabled': { type: 'boolean', inFile: true, withoutFile: false, flag: 'authentication-token-webhook' },
  'authentication.x509.clientCAFile': { type: 'text', inFile: '', flag: 'client-ca-file', zeroIsOmitted: true, isPath: true },
  'authorization.mode': { type: 'text', inFile: 'Webhook', withoutFile: 'AlwaysAllow', flag: 'authorization-mode', zeroIsDefault: true },
  readOnlyPort: { type: 'integer', inFile: 0, withoutFile: 10_255, flag: 'read-only-port', zeroIsOmitted: true },
  streamingConnectionIdleTimeout: { type: 'duration', inFile: 4 * 3600, flag: 'streaming-connection-idle-timeout', zeroIsDefault: true },
  enableDebuggingHandlers: { type: 'boolean', inFile: true, flag: 'enable-debugging-handlers' },
  protectKernelDefaults: { type: 'boolean', inFile: false, flag: 'protect-kernel-defaults', zeroIsOmitted: true },
  makeIPTablesUtilChains: { type: 'boolean', inFile: true, flag: 'make-iptables-util-chains' },
  eventRecordQPS: { type: 'integer', inFile: 50, flag: 'event-qps' },
  tlsCertFile: { type: 'text', inFile: '', flag: 'tls-cert-file', zeroIsOmitted: true, isPath: true },
  tlsPrivateKeyFile: { type: 'text', inFile: '', flag: 'tls-private-key-file', zeroIsOmitted: true, isPath: true },
  tlsCipherSuites: { type: 'list', inFile: [], flag: 'tls-cipher-suites', zeroIsOmitted: true },
  tlsMinVersion: { type: 'text', inFile: '', flag: 'tls-min-version', zeroIsOmitted: true },
  rotateCertificates: { type: 'boolean', inFile: false, flag: 'rotate-certificates', zeroIsOmitted: true },
  serverTLSBootstrap: { type: 'boolean', inFile: false, flag: 'rotate-server-certificates', zeroIsOmitted: true },
  featureGates: { type: 'gates', inFile: {}, flag: 'feature-gates', zeroIsOmitted: true },
  podPidsLimit: { type: 'integer', inFile: -1, flag: 'pod-max-pids' },
  seccompDefault: { type: 'boolean', inFile: false, flag: 'seccomp-default' },
  staticPodPath: { type: 'text', inFile: '', flag: 'pod-manifest-path', zeroIsOmitted: true, isPath: true },
} as const satisfies Readonly<Record<string, KubeletSetting>>;

export type KubeletKey = keyof typeof kubeletSettings;
export const kubeletKeys = Object.keys(kubeletSettings) as readonly KubeletKey[];
export const kubeletSetting = (key: KubeletKey): KubeletSetting => kubeletSettings[key];

/** Flags of which files have the setting too. `--seccomp-default` is a switch of its own beside that of files. */
export const flagsOfFiles: ReadonlySet<string> = new Set(kubeletKeys.map((key) => kubeletSetting(key).flag).filter((flag) => flag !== undefined && flag !== 'seccomp-default') as readonly string[]);

/** Zero of a type, as Go has it. */
export const zeroOf: Readonly<Record<KubeletValueType, SettingValue>> = { boolean: false, integer: 0, text: '', duration: 0, list: [], gates: {} };

export function isZero(value: SettingValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' ? Object.keys(value).length === 0 : value === false || value === 0 || value === '';
}
