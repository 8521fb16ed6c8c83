import { InvalidObject, flagAt, objectAt, textAt, type Raw } from '../projection/raw.js';
import type { MinorVersion } from '../readers/minor-version.js';
import { componentFlags } from './component-flags.js';
import { readDocument } from './config-fields.js';
import type { SettingValue } from './flag-definitions.js';
import { unreadable, type ConfigDocument, type Origin, type Readable, type Setting } from './readable.js';

export interface ConfiguredInput {
  /** Arguments behind the program. */
  readonly args: readonly string[];
  readonly version: MinorVersion | undefined;
  /** The file that `--config` names; absent where it was not read. */
  readonly config?: ConfigDocument;
}

/** kube-scheduler: `profiling` and `kubeconfig` come from the file where one is named, whatever flags say; addresses and TLS never do (cmd/kube-scheduler/app/options/options.go). */
export function effectiveScheduler(input: ConfiguredInput): { setting(flag: string): Setting<SettingValue> } {
  const flags = componentFlags('kube-scheduler', input.args, input.version);
  const file = named(flags.setting('config'), input.config, (document) =>
    readDocument(document, 'KubeSchedulerConfiguration', ['kubescheduler.config.k8s.io/v1', 'kubescheduler.config.k8s.io/v1beta3'], (raw): Readonly<Record<string, SettingValue | undefined>> => ({
      profiling: flagAt(raw, 'enableProfiling'),
      kubeconfig: textAt(objectAt(raw, 'clientConnection'), 'kubeconfig'),
    })));
  // What v1 defaults to (pkg/scheduler/apis/config/v1/defaults.go).
  const defaults: Readonly<Record<string, SettingValue>> = { profiling: true, kubeconfig: '' };
  return { setting: (flag) => (Object.hasOwn(defaults, flag) && file ? fromFile(file, flag, defaults[flag]!) : flags.setting(flag)) };
}

/** kube-proxy: with a file every flag but `--hostname-override` is ignored (cmd/kube-proxy/app/options.go). */
export function effectiveKubeProxy(input: ConfiguredInput): { setting(flag: string): Setting<SettingValue> } {
  const flags = componentFlags('kube-proxy', input.args, input.version);
  const file = named(flags.setting('config'), input.config, (document) =>
    readDocument(document, 'KubeProxyConfiguration', ['kubeproxy.config.k8s.io/v1alpha1'], (raw): Readonly<Record<string, SettingValue | undefined>> => {
      const bindAddress = nonEmpty(textAt(raw, 'bindAddress'));
      return {
        'bind-address': bindAddress,
        'metrics-bind-address': withPort(nonEmpty(textAt(raw, 'metricsBindAddress'))) ?? (bindAddress?.includes(':') ? '[::1]:10249' : undefined),
        kubeconfig: textAt(objectAt(raw, 'clientConnection'), 'kubeconfig'),
        profiling: flagAt(raw, 'enableProfiling'),
        'hostname-override': textAt(raw, 'hostnameOverride'),
        'feature-gates': gatesAt(raw),
      };
    }));
  const defaults: Readonly<Record<string, SettingValue>> = { 'bind-address': '0.0.0.0', 'metrics-bind-address': '127.0.0.1:10249', kubeconfig: '', profiling: false, 'hostname-override': '', 'feature-gates': {} };
  return {
    setting(flag) {
      if (file && Object.hasOwn(defaults, flag) && !(flag === 'hostname-override' && flags.has(flag))) return fromFile(file, flag, defaults[flag]!);
      if (flag !== 'metrics-bind-address') return flags.setting(flag);
      const [address, port] = [flags.setting(flag), flags.setting('metrics-port')];
      if (address.state === 'unreadable') return address;
      // An old flag for the port switches the endpoint off with 0, and gives its port to an address without one.
      if (port.state === 'unreadable') return port;
      return { ...address, value: port.value === 0 ? '' : withPort(address.value as string, port.value as number) ?? '' };
    },
  };
}

export interface EtcdInput extends ConfiguredInput {
  /** Variables of the process, or of its container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether these are all: a name that is not among them is not set. */
  readonly isEnvironmentWhole: boolean;
}

/** The variable from which etcd takes a flag as well: `ETCD_DATA_DIR` is `--data-dir`. */
export const etcdVariableOf = (flag: string): string => `ETCD_${flag.toUpperCase().replaceAll('-', '_')}`;

/** etcd: a file of configuration stands alone; without one flags come before `ETCD_*` variables (server/etcdmain/config.go). */
export function effectiveEtcd(input: EtcdInput): { setting(flag: string): Setting<SettingValue> } {
  const flags = componentFlags('etcd', input.args, input.version);
  const environment = input.environment ?? {};
  /** A variable is read as the same flag would be. */
  const fromVariable = (flag: string): Setting<SettingValue> | undefined => {
    const variable = etcdVariableOf(flag);
    if (!Object.hasOwn(environment, variable)) return input.isEnvironmentWhole ? undefined : unreadable('not-read', `${variable} may set --${flag}, and the environment of etcd was not read`);
    // An empty one counts as not set.
    if (environment[variable] === '') return undefined;
    const given = componentFlags('etcd', [`--${flag}=${environment[variable]!}`], input.version).setting(flag);
    return given.state === 'read' ? { ...given, from: { source: 'environment', variable } } : given;
  };
  const overVariables = (flag: string): Setting<SettingValue> => {
    const given = flags.setting(flag);
    return flags.has(flag) || given.state === 'unreadable' ? given : fromVariable(flag) ?? given;
  };
  const configFile = overVariables('config-file');
  const file = named(configFile, input.config, readEtcdFile);
  const defaults = componentFlags('etcd', [], input.version);
  return {
    setting(flag) {
      if (flag === 'config-file') return configFile;
      if (!file) return overVariables(flag);
      if (file.state === 'unreadable') return file;
      const value = file.value.values[flag];
      return value === undefined ? defaults.setting(flag) : { state: 'read', value, from: { source: 'file', path: file.value.path } };
    },
  };
}

type File = Readable<{ readonly path: string; readonly values: Readonly<Record<string, SettingValue | undefined>> }>;

/** What a file says, if one is named; undefined where none is. */
function named(path: Setting<SettingValue>, document: ConfigDocument | undefined, read: (document: ConfigDocument) => Readable<Readonly<Record<string, SettingValue | undefined>>>): File | undefined {
  if (path.state === 'unreadable') return path;
  if (path.value === '') return undefined;
  if (!document) return unreadable('not-read', 'the file of configuration that the command line names was not read');
  const values = read(document);
  return values.state === 'read' ? { state: 'read', value: { path: document.path, values: values.value } } : values;
}

function fromFile(file: File, flag: string, fallback: SettingValue): Setting<SettingValue> {
  if (file.state === 'unreadable') return file;
  const value = file.value.values[flag];
  const from: Origin = value === undefined ? { source: 'default' } : { source: 'file', path: file.value.path };
  return { state: 'read', value: value ?? fallback, from };
}

const etcdTexts = ['name', 'data-dir'] as const;
const etcdLists = ['listen-client-urls', 'listen-metrics-urls', 'listen-peer-urls'] as const;
const securityTexts = ['cert-file', 'key-file', 'trusted-ca-file'] as const;
const securityFlags = ['client-cert-auth', 'auto-tls'] as const;

/** etcd's file has no version; TLS is in two sections of the same keys. Lists are texts with commas. */
function readEtcdFile(document: ConfigDocument): Readable<Readonly<Record<string, SettingValue | undefined>>> {
  if ('unreadable' in document) return unreadable('bad-document', `${document.path} cannot be read: ${document.unreadable}`);
  try {
    const raw = objectAt({ file: document.content }, 'file');
    const values: Record<string, SettingValue | undefined> = {};
    for (const key of etcdTexts) values[key] = textAt(raw, key);
    for (const key of etcdLists) values[key] = nonEmpty(textAt(raw, key))?.split(',');
    const suites = raw['cipher-suites'];
    if (suites !== undefined && suites !== null && !(Array.isArray(suites) && suites.every((suite) => typeof suite === 'string'))) throw new InvalidObject('cipher-suites', 'a list of strings');
    values['cipher-suites'] = (suites as readonly string[] | null | undefined) ?? undefined;
    for (const [section, prefix] of [['client-transport-security', ''], ['peer-transport-security', 'peer-']] as const) {
      const security = objectAt(raw, section);
      for (const key of securityTexts) values[`${prefix}${key}`] = textAt(security, key);
      for (const key of securityFlags) values[`${prefix}${key}`] = flagAt(security, key);
    }
    return { state: 'read', value: values };
  } catch (error) {
    if (error instanceof InvalidObject) return unreadable('wrong-type', `${document.path}: ${error.message}`);
    throw error;
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** `proxyutil.AppendPortIfNeeded`: an address alone gets the port. */
function withPort(address: string | undefined, port = 10_249): string | undefined {
  if (address === undefined) return undefined;
  if (/^\d+(?:\.\d+){3}$/.test(address)) return `${address}:${port}`;
  return address.includes(':') && !address.startsWith('[') && address.split(':').length > 2 ? `[${address}]:${port}` : address;
}

function gatesAt(raw: Raw): SettingValue | undefined {
  const gates = objectAt(raw, 'featureGates');
  if (!Object.values(gates).every((value) => typeof value === 'boolean')) throw new InvalidObject('featureGates', 'a map of switches');
  return gates as Readonly<Record<string, boolean>>;
}
