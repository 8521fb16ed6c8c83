import type { CertificateFact } from '../certificate-fact.js';
import type { ConfigContents, ConfigKind } from '../config-facts.js';
import type { NodePath } from '../file-fact.js';
import { normalPath } from '../host-path.js';
import type { Reading } from '../reading.js';
import { admissionSettings, auditSettings, authenticationSettings, authorizationSettings, encryptionSettings } from './api-server-settings.js';
import { etcdSettings, kubeletSettings, openshiftSettings, proxySettings, schedulerSettings } from './component-settings.js';
import { ConfigError } from './config-error.js';
import { kubeconfigSettings } from './kubeconfig-settings.js';
import { rancherSettings } from './rancher-settings.js';
import { readDocument, textOf } from './read-document.js';
import { runtimeSettings } from './runtime-settings.js';
import { staticPodSettings } from './static-pod-settings.js';
import { argumentFileSettings, environmentFileSettings } from './unit-settings.js';

interface Source {
  readonly bytes: Uint8Array;
  readonly path: NodePath;
  readonly certificateOf: (pem: Buffer) => CertificateFact | undefined;
}

const document = ({ bytes }: Source): unknown => {
  const value = readDocument(bytes);
  if (value === undefined || value === null) throw new ConfigError('It is empty.');
  return value;
};

const readers: { readonly [K in ConfigKind]: (source: Source) => ConfigContents[K] } = {
  kubelet: (source) => kubeletSettings(document(source)),
  'kube-proxy': (source) => proxySettings(document(source)),
  'kube-scheduler': (source) => schedulerSettings(document(source)),
  etcd: (source) => etcdSettings(document(source)),
  openshift: (source) => openshiftSettings(document(source)),
  authentication: (source) => authenticationSettings(document(source)),
  authorization: (source) => authorizationSettings(document(source)),
  encryption: (source) => encryptionSettings(document(source)),
  audit: (source) => auditSettings(document(source)),
  admission: (source) => admissionSettings(document(source)),
  kubeconfig: (source) => kubeconfigSettings(document(source), normalPath(`${source.path}/..`), source.certificateOf),
  'static-pod': (source) => staticPodSettings(document(source)),
  rancher: (source) => rancherSettings(readDocument(source.bytes)),
  'environment-file': ({ bytes }) => environmentFileSettings(textOf(bytes)),
  'argument-file': ({ bytes }) => argumentFileSettings(textOf(bytes)),
  'container-runtime': ({ bytes }) => runtimeSettings(textOf(bytes)),
};

/** What a file says, of the keys that items read. Whatever the bytes are it throws nothing: what makes no sense is `invalid`. */
export function readConfig<K extends ConfigKind>(kind: K, source: Source): Reading<ConfigContents[K]> {
  try {
    return { state: 'read', value: readers[kind](source) };
  } catch (error) {
    // Of other errors nothing is told: parsers quote what they read.
    return { state: 'invalid', detail: error instanceof ConfigError ? error.message : 'It cannot be parsed.' };
  }
}
