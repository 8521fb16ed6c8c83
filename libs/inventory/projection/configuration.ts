import type { ConfigurationFacts, Fields } from '../facts.js';
import type { Observed } from '../observed.js';
import type { ResourceKey } from '../resources.js';
import { MAX_CUSTOM_SPEC } from './custom.js';
import type { Identity } from './objects.js';
import { asObject, flagAt, InvalidObject, mapAt, maybeObject, objectAt, objectsAt, stringsAt, textAt, type Raw } from './raw.js';

/** A field that is kept, by its path as the API has it. `read`: what is kept of it; refuses what has another shape. */
interface KeptField {
  readonly path: readonly string[];
  readonly read: (raw: Raw, key: string) => unknown;
}

const text = (...path: readonly string[]): KeptField => ({ path, read: textAt });
const flag = (...path: readonly string[]): KeptField => ({ path, read: flagAt });
const texts = (...path: readonly string[]): KeptField => ({ path, read: stringsAt });
/** Of a list of objects, one field of each. */
const eachText = (field: string, ...path: readonly string[]): KeptField => ({ path, read: (raw, key) => objectsAt(raw, key).map((item) => requiredText(item, field)) });
/** Of an object of any shape, which settings it has. */
const names = (...path: readonly string[]): KeptField => ({ path, read: (raw, key) => Object.keys(objectAt(raw, key)) });
const conditions = (...types: readonly string[]): KeptField => ({
  path: ['status', 'conditions'],
  read: (raw, key) => objectsAt(raw, key).map((item) => ({ type: requiredText(item, 'type'), status: requiredText(item, 'status') })).filter(({ type }) => types.includes(type)),
});
const tlsProfile = ['type', 'custom.minTLSVersion'].map((field) => text('spec', 'tlsSecurityProfile', ...field.split('.'))).concat(texts('spec', 'tlsSecurityProfile', 'custom', 'ciphers'));
const logForwarder: readonly KeptField[] = [
  text('spec', 'managementState'), conditions('Ready', 'observability.openshift.io/Authorized'),
  { path: ['spec', 'inputs'], read: (raw, key) => objectsAt(raw, key).map((input) => ({ name: requiredText(input, 'name'), isAudit: textAt(input, 'type') === 'audit' || maybeObject(input, 'audit') !== undefined })) },
  { path: ['spec', 'pipelines'], read: (raw, key) => objectsAt(raw, key).map((pipeline) => ({ inputRefs: stringsAt(pipeline, 'inputRefs'), outputRefs: stringsAt(pipeline, 'outputRefs') })) },
];

function requiredText(raw: Raw, key: string): string {
  const value = textAt(raw, key);
  if (value === undefined) throw new InvalidObject(key, 'there');
  return value;
}

/** What is kept of objects by which a platform is configured: all that benchmarks ask, and nothing beyond. */
export const configurationFields = {
  'apiservers.config.openshift.io': [text('spec', 'encryption', 'type'), text('spec', 'audit', 'profile'), eachText('profile', 'spec', 'audit', 'customRules'), ...tlsProfile],
  'authentications.config.openshift.io': [text('spec', 'type'), eachText('name', 'spec', 'oidcProviders')],
  'images.config.openshift.io': [texts('spec', 'registrySources', 'allowedRegistries')],
  'networks.config.openshift.io': [text('status', 'networkType')],
  // Which kinds of providers there are; their addresses and the Secrets they name are not kept.
  'oauths.config.openshift.io': [eachText('type', 'spec', 'identityProviders')],
  'ingresscontrollers.operator.openshift.io': tlsProfile,
  'kubeapiservers.operator.openshift.io': [names('spec', 'unsupportedConfigOverrides'), conditions('Encrypted')],
  'networks.operator.openshift.io': [text('spec', 'defaultNetwork', 'openshiftSDNConfig', 'mode')],
  'securitycontextconstraints.security.openshift.io': [
    flag('allowPrivilegedContainer'), flag('allowHostPID'), flag('allowHostIPC'), flag('allowHostNetwork'), flag('allowPrivilegeEscalation'),
    text('runAsUser', 'type'), texts('requiredDropCapabilities'), texts('allowedCapabilities'), texts('users'), texts('groups'),
  ],
  'clusterlogforwarders.observability.openshift.io': logForwarder,
  'clusterlogforwarders.logging.openshift.io': logForwarder,
  'storageclasses.storage.k8s.io': [text('parameters', 'disk-encryption-kms-key')],
  // That they are there is all that is asked.
  'managedcertificates.networking.gke.io': [],
} as const satisfies { readonly [K in ResourceKey]?: readonly KeptField[] };

export type ConfigurationKey = keyof typeof configurationFields;
export const isConfigurationKey = (key: ResourceKey): key is ConfigurationKey => Object.hasOwn(configurationFields, key);

export function projectConfiguration(key: ConfigurationKey, raw: Raw, { namespace, name }: Identity): ConfigurationFacts {
  return { namespace, name, fields: keptOf(raw, configurationFields[key]) };
}

function keptOf(raw: Raw, kept: readonly KeptField[]): Fields {
  const fields: Nested = {};
  for (const { path, read } of kept) {
    const [parents, key] = [path.slice(0, -1), path.at(-1)!];
    const parent = parents.reduce(objectAt, raw);
    if (!Object.hasOwn(parent, key) || parent[key] === null) continue;
    parents.reduce((object, name) => (object[name] ??= {}) as Nested, fields)[key] = read(parent, key);
  }
  if (JSON.stringify(fields).length > MAX_CUSTOM_SPEC) throw new InvalidObject('what is configured', `smaller than ${MAX_CUSTOM_SPEC / 1024} KiB`);
  return fields;
}

interface Nested { [name: string]: unknown }

const apiServerArguments = [
  'audit-log-maxbackup', 'audit-log-maxsize', 'audit-log-path', 'authorization-mode', 'client-ca-file', 'disable-admission-plugins', 'enable-admission-plugins', 'etcd-cafile', 'etcd-certfile',
  'etcd-keyfile', 'feature-gates', 'insecure-bind-address', 'insecure-port', 'kubelet-certificate-authority', 'kubelet-client-certificate', 'kubelet-client-key', 'min-request-timeout',
  'service-account-key-file', 'service-account-lookup', 'tls-cert-file', 'tls-private-key-file',
];
const managerArguments = ['root-ca-file', 'service-account-private-key-file', 'use-service-account-credentials'];

/** What is kept of the ConfigMap `config` of OpenShift's operators, by namespace. Their arguments are lists of strings. */
export const operatorFields = {
  'openshift-kube-apiserver': [
    ...apiServerArguments.map((name) => texts('apiServerArguments', name)), text('servingInfo', 'bindAddress'), text('servingInfo', 'clientCA'), texts('serviceAccountPublicKeyFiles'),
  ],
  'openshift-kube-controller-manager': managerArguments.map((name) => texts('extendedArguments', name)),
} as const satisfies Record<string, readonly KeptField[]>;

export type OperatorNamespace = keyof typeof operatorFields;

/** Without arguments it is no configuration of a server. */
const argumentsOf = { 'openshift-kube-apiserver': 'apiServerArguments', 'openshift-kube-controller-manager': 'extendedArguments' } as const satisfies Record<OperatorNamespace, string>;

const isOperatorNamespace = (namespace: string): namespace is OperatorNamespace => Object.hasOwn(operatorFields, namespace);

/** What an operator gave its server, in JSON, where the ConfigMap is one of theirs. */
export function operatorConfigOf(raw: Raw, { namespace, name }: Identity): Observed<Fields> | undefined {
  if (name !== 'config' || !isOperatorNamespace(namespace)) return undefined;
  try {
    const config = asObject(JSON.parse(mapAt(raw, 'data')['config.yaml'] ?? ''), 'config.yaml');
    if (!maybeObject(config, argumentsOf[namespace])) throw new InvalidObject(argumentsOf[namespace], 'there');
    return { state: 'observed', value: keptOf(config, operatorFields[namespace]) };
  } catch (error) {
    if (error instanceof InvalidObject) return { state: 'missing', reason: 'invalid', detail: error.message };
    if (error instanceof SyntaxError) return { state: 'missing', reason: 'invalid', detail: 'config.yaml is no JSON' };
    throw error;
  }
}
