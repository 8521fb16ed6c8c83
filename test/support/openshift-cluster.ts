type Raw = Readonly<Record<string, unknown>>;

const certificates = '/etc/kubernetes/static-pod-certs/secrets';
const resources = '/etc/kubernetes/static-pod-resources';

/** As the operator of kube-apiserver of OpenShift 4.16 writes it, the settings that nothing asks left out but for a few. */
const apiServerConfig = {
  apiVersion: 'kubecontrolplane.config.openshift.io/v1', kind: 'KubeAPIServerConfig',
  admission: { pluginConfig: { 'network.openshift.io/ExternalIPRanger': { configuration: { allowIngressIP: false, externalIPNetworkCIDRs: null } } } },
  apiServerArguments: {
    'allow-privileged': ['true'], 'anonymous-auth': ['true'], 'audit-log-format': ['json'], 'audit-log-maxbackup': ['10'], 'audit-log-maxsize': ['200'], 'audit-log-path': ['/var/log/kube-apiserver/audit.log'],
    'authorization-mode': ['Scope', 'SystemMasters', 'RBAC', 'Node'], 'client-ca-file': ['/etc/kubernetes/static-pod-certs/configmaps/client-ca/ca-bundle.crt'],
    'enable-admission-plugins': ['CertificateApproval', 'NamespaceLifecycle', 'NodeRestriction', 'ServiceAccount', 'security.openshift.io/SCCExecRestrictions', 'security.openshift.io/SecurityContextConstraint'],
    'etcd-cafile': [`${resources}/configmaps/etcd-serving-ca/ca-bundle.crt`], 'etcd-certfile': [`${resources}/secrets/etcd-client/tls.crt`], 'etcd-keyfile': [`${resources}/secrets/etcd-client/tls.key`],
    'feature-gates': ['AdminNetworkPolicy=true', 'BareMetalLoadBalancer=true'],
    'kubelet-certificate-authority': [`${resources}/configmaps/kubelet-serving-ca/ca-bundle.crt`], 'kubelet-client-certificate': [`${certificates}/kubelet-client/tls.crt`], 'kubelet-client-key': [`${certificates}/kubelet-client/tls.key`],
    'min-request-timeout': ['3600'], 'service-account-lookup': ['true'],
    'tls-cert-file': [`${certificates}/service-network-serving-certkey/tls.crt`], 'tls-private-key-file': [`${certificates}/service-network-serving-certkey/tls.key`],
  },
  serviceAccountPublicKeyFiles: [`${resources}/configmaps/sa-token-signing-certs`, `${resources}/configmaps/bound-sa-token-signing-certs`],
  servingInfo: { bindAddress: '0.0.0.0:6443', bindNetwork: 'tcp4', minTLSVersion: 'VersionTLS12', namedCertificates: [{ certFile: '/etc/a.crt', keyFile: '/etc/a.key', names: ['api.example.org'] }] },
};

const carelessApiServerConfig = {
  ...apiServerConfig, serviceAccountPublicKeyFiles: [], servingInfo: {},
  apiServerArguments: {
    'audit-log-maxbackup': ['3'], 'audit-log-maxsize': ['10'], 'authorization-mode': ['AlwaysAllow'], 'enable-admission-plugins': ['AlwaysAdmit'],
    'disable-admission-plugins': ['ServiceAccount,NamespaceLifecycle'], 'min-request-timeout': ['60'], 'service-account-lookup': ['false'],
  },
};

const managerConfig = {
  apiVersion: 'kubecontrolplane.config.openshift.io/v1', kind: 'KubeControllerManagerConfig',
  extendedArguments: {
    'use-service-account-credentials': ['true'], 'root-ca-file': [`${resources}/configmaps/serviceaccount-ca/ca-bundle.crt`],
    'service-account-private-key-file': [`${resources}/secrets/service-account-private-key/service-account.key`], controllers: ['*', '-ttl'],
  },
};

const object = (apiVersion: string, kind: string, name: string, rest: Raw = {}, namespace?: string): Raw => ({ apiVersion, kind, metadata: { name, uid: `uid-of-${kind}-${name}`, ...(namespace !== undefined && { namespace }) }, ...rest });
const operatorMap = (namespace: string, config: Raw): Raw => object('v1', 'ConfigMap', 'config', { data: { 'config.yaml': JSON.stringify(config) } }, namespace);
const configured = (kind: string, spec: Raw, status: Raw = {}): Raw => object('config.openshift.io/v1', kind, 'cluster', { spec, status });

/** Not all its fields, but those of its kind that a server always gives. */
const constraint = (name: string, more: Raw): Raw => object('security.openshift.io/v1', 'SecurityContextConstraints', name, {
  allowHostDirVolumePlugin: false, allowHostIPC: false, allowHostNetwork: false, allowHostPID: false, allowHostPorts: false, allowPrivilegeEscalation: false, allowPrivilegedContainer: false, allowedCapabilities: null,
  defaultAddCapabilities: null, fsGroup: { type: 'MustRunAs' }, groups: [], priority: null, readOnlyRootFilesystem: false, requiredDropCapabilities: ['ALL'], runAsUser: { type: 'MustRunAsRange' },
  seLinuxContext: { type: 'MustRunAs' }, supplementalGroups: { type: 'RunAsAny' }, users: [], volumes: ['configMap', 'emptyDir', 'secret'], ...more,
});
const privileged = (users: readonly string[]): Raw => constraint('privileged', {
  allowHostIPC: true, allowHostNetwork: true, allowHostPID: true, allowPrivilegeEscalation: true, allowPrivilegedContainer: true, allowedCapabilities: ['*'], requiredDropCapabilities: null, runAsUser: { type: 'RunAsAny' },
  users: ['system:admin', 'system:serviceaccount:openshift-infra:build-controller', ...users], groups: ['system:cluster-admins', 'system:nodes', 'system:masters'],
});

/** What every cluster has some of, so that a whole one is believed to be. */
const common: readonly Raw[] = [
  ...['default', 'shop', 'openshift-kube-apiserver', 'openshift-kube-controller-manager', 'openshift-ingress-operator'].map((name) => object('v1', 'Namespace', name)),
  object('v1', 'ServiceAccount', 'default', {}, 'shop'), object('v1', 'Service', 'kubernetes', { spec: { type: 'ClusterIP', ports: [{ port: 443 }] } }, 'default'),
  object('v1', 'Node', 'master-0', { spec: {}, status: { nodeInfo: { kubeletVersion: 'v1.29.10+67d3387', osImage: 'Red Hat Enterprise Linux CoreOS 416.94', containerRuntimeVersion: 'cri-o://1.29.9', kernelVersion: '5.14.0', operatingSystem: 'linux', architecture: 'amd64' }, conditions: [{ type: 'Ready', status: 'True' }] } }),
  object('rbac.authorization.k8s.io/v1', 'Role', 'reader', { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] }, 'shop'),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:openshift:scc:privileged', { rules: [{ apiGroups: ['security.openshift.io'], resources: ['securitycontextconstraints'], resourceNames: ['privileged'], verbs: ['use'] }] }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'readers', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }] }, 'shop'),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'self-access-reviewers', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'self-access-reviewer' }, subjects: [{ kind: 'Group', name: 'system:unauthenticated', apiGroup: 'rbac.authorization.k8s.io' }] }),
];

/** A password that a report or evidence must not have: directories want one to look people up. */
export const bindPassword = 'bind-password-of-the-directory';

const hardened: readonly Raw[] = [
  ...common, operatorMap('openshift-kube-apiserver', apiServerConfig), operatorMap('openshift-kube-controller-manager', managerConfig),
  configured('APIServer', { additionalCORSAllowedOrigins: [], audit: { profile: 'WriteRequestBodies', customRules: [{ group: 'system:authenticated:oauth', profile: 'AllRequestBodies' }] }, encryption: { type: 'aesgcm' }, tlsSecurityProfile: { type: 'Intermediate', intermediate: {} } }),
  configured('Authentication', { type: '', oauthMetadata: { name: '' }, serviceAccountIssuer: '' }),
  configured('Image', { registrySources: { allowedRegistries: ['quay.io', 'registry.redhat.io', 'image-registry.openshift-image-registry.svc:5000'] } }),
  configured('Network', { networkType: 'OVNKubernetes', clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }] }, { networkType: 'OVNKubernetes', clusterNetworkMTU: 8901 }),
  configured('OAuth', { identityProviders: [{ name: 'directory', mappingMethod: 'claim', type: 'LDAP', ldap: { url: 'ldaps://ldap.example.org/ou=people?uid', bindDN: 'cn=reader', bindPassword: { name: bindPassword } } }] }),
  object('operator.openshift.io/v1', 'Network', 'cluster', { spec: { defaultNetwork: { type: 'OVNKubernetes', ovnKubernetesConfig: { mtu: 8901 } } } }),
  object('operator.openshift.io/v1', 'IngressController', 'default', { spec: { replicas: 2, tlsSecurityProfile: { type: 'Modern', modern: {} } }, status: { tlsProfile: { ciphers: [], minTLSVersion: 'VersionTLS13' } } }, 'openshift-ingress-operator'),
  object('operator.openshift.io/v1', 'KubeAPIServer', 'cluster', {
    spec: { managementState: 'Managed', logLevel: 'Normal', observedConfig: { apiServerArguments: {} }, unsupportedConfigOverrides: null },
    status: { conditions: [{ type: 'NodeInstallerProgressing', status: 'False', reason: 'AllNodesAtLatestRevision' }, { type: 'Encrypted', status: 'True', reason: 'EncryptionCompleted', message: 'All resources encrypted: secrets, configmaps' }] },
  }),
  privileged([]), constraint('restricted-v2', { groups: ['system:authenticated'] }),
  object('observability.openshift.io/v1', 'ClusterLogForwarder', 'instance', {
    spec: { serviceAccount: { name: 'collector' }, outputs: [{ name: 'siem', type: 'syslog', syslog: { url: 'tls://siem.example.org:6514' } }], pipelines: [{ name: 'audit', inputRefs: ['audit'], outputRefs: ['siem'] }] },
  }, 'openshift-logging'),
];

const careless: readonly Raw[] = [
  ...common, operatorMap('openshift-kube-apiserver', carelessApiServerConfig), operatorMap('openshift-kube-controller-manager', { ...managerConfig, extendedArguments: { 'use-service-account-credentials': ['false'] } }),
  configured('APIServer', { audit: { profile: 'None' }, encryption: { type: 'identity' }, tlsSecurityProfile: { type: 'Old', old: {} } }),
  configured('Authentication', { type: '', oauthMetadata: { name: '' } }), configured('Image', {}), configured('Network', { networkType: 'Kuryr' }, { networkType: 'Kuryr' }), configured('OAuth', {}),
  object('operator.openshift.io/v1', 'Network', 'cluster', { spec: { defaultNetwork: { type: 'Kuryr' } } }),
  object('operator.openshift.io/v1', 'IngressController', 'default', { spec: {} }, 'openshift-ingress-operator'),
  object('operator.openshift.io/v1', 'KubeAPIServer', 'cluster', { spec: { unsupportedConfigOverrides: { apiServerArguments: { 'anonymous-auth': ['true'] } } }, status: { conditions: [{ type: 'Encrypted', status: 'False', reason: 'EncryptionDisabled' }] } }),
  privileged(['alice']), constraint('restricted-v2', { groups: ['system:authenticated'] }),
  object('v1', 'Secret', 'kubeadmin', { type: 'Opaque' }, 'kube-system'),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'open', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'Group', name: 'system:unauthenticated', apiGroup: 'rbac.authorization.k8s.io' }] }),
];

/** What `oc get -o json` gives of an OpenShift 4.16, configured well or badly. */
export const openShiftCluster = { hardened, careless };

/** Items of rh-1.8 that such objects decide, with what comes out of a cluster configured well and of one configured badly. */
export const decidedOnOpenShift: Readonly<Record<string, readonly [hardened: string, careless: string]>> = {
  ...Object.fromEntries(['1.2.1', '1.2.2', '1.2.3', '1.2.4', '1.2.5', '1.2.6', '1.2.8', '1.2.10', '1.2.11', '1.2.12', '1.2.13', '1.2.16', '1.2.18'].map((id) => [id, ['pass', 'fail']])),
  '1.2.7': ['not-applicable', 'not-applicable'], '1.2.14': ['not-applicable', 'not-applicable'], '1.2.15': ['not-applicable', 'not-applicable'],
  // Without a forwarder a person must look who else ships it.
  '1.2.19': ['pass', 'manual'],
  ...Object.fromEntries(['1.2.20', '1.2.21', '1.2.22', '1.2.23', '1.2.24', '1.2.25', '1.2.26', '1.2.27', '1.2.28', '1.2.29', '1.2.30', '1.2.31', '1.3.2', '1.3.3', '1.3.4', '3.1.1', '3.2.1'].map((id) => [id, ['pass', 'fail']])),
  '3.2.2': ['pass', 'manual'],
  ...Object.fromEntries(['4.2.9', '5.2.1', '5.2.2', '5.2.3', '5.2.4', '5.2.5', '5.2.6', '5.2.7', '5.2.8', '5.2.9', '5.3.1', '5.5.1'].map((id) => [id, ['pass', 'fail']])),
};
