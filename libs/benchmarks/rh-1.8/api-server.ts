import type { RowSection } from '../extend.js';
import { all, any, undecidable, type Rule } from '../rules/rule.js';
import { atLeast, equal, has, isSet, isUnset, lacks, notEqual, oneOf, within, type ValueTest } from '../rules/value-test.js';
import { allSet, apiServerArgument as argument, apiServerItem as item } from './operator-config.js';

const cluster = (resource: string) => ({ resource: `${resource}.openshift.io`, name: 'cluster' });
const configured = (resource: string, path: readonly string[], is: ValueTest): Rule => ({ kind: 'object', object: cluster(resource), path, is });
const apiServer = (path: readonly string[], is: ValueTest): Rule => configured('apiservers.config', path, is);

const apiServerConfig = (path: readonly string[], is: ValueTest): Rule => ({ kind: 'operator-config', namespace: 'openshift-kube-apiserver', path, is });

/** Audit profiles that record what was written. */
const withBodies = ['WriteRequestBodies', 'AllRequestBodies'];

/** Roles that OpenShift itself binds to those who show no credential. */
const openToAll = ['self-access-reviewer', 'system:oauth-token-deleter', 'system:openshift:public-info-viewer', 'system:public-info-viewer', 'system:scope-impersonation', 'system:webhook'];

export const openshiftApiServer: RowSection = {
  id: '1.2', title: 'kube-apiserver',
  rows: [
    item('1.2.1', 'Anonymous requests are limited by RBAC', all({ kind: 'no-binding', subject: { kind: 'Group', name: 'system:unauthenticated' }, except: openToAll }, { kind: 'no-binding', subject: { kind: 'User', name: 'system:anonymous' }, except: [] }), '1.2.1',
      'Delete bindings of your own that name system:unauthenticated or system:anonymous; leave those that OpenShift comes with.'),
    item('1.2.2', 'API server talks TLS to kubelets', allSet(argument, 'kubelet-client-certificate', 'kubelet-client-key')),
    item('1.2.3', 'API server presents a client certificate to kubelets', allSet(argument, 'kubelet-client-certificate', 'kubelet-client-key'), '1.2.4'),
    item('1.2.4', 'API server verifies kubelet serving certificates', argument('kubelet-certificate-authority', isSet), '1.2.5'),
    item('1.2.5', 'Authorization does not include AlwaysAllow', all(argument('authorization-mode', isSet), argument('authorization-mode', lacks('AlwaysAllow'))), '1.2.6'),
    item('1.2.6', 'RBAC authorizer enabled', argument('authorization-mode', has('RBAC')), '1.2.8'),
    item('1.2.7', 'Priority-and-fairness gate on', { kind: 'before', version: '1.29', since: 'servers from 1.29 on always have priority and fairness: there is no gate any more', rule: argument('feature-gates', lacks('APIPriorityAndFairness=false')) }),
    item('1.2.8', 'AlwaysAdmit plugin not enabled', argument('enable-admission-plugins', lacks('AlwaysAdmit')), '1.2.10'),
    // Its heading asks for the plugin and its check for none of it: which is meant is for the assessor to say.
    item('1.2.9', 'AlwaysPullImages plugin state as the guide wants', undecidable('Whether AlwaysPullImages is wanted: the guide asks for it in its heading and against it in its check, for images of nodes could not start without their registry.', 'apiServerArguments.enable-admission-plugins'), '1.2.11',
      'Decide for your clusters, and attest it; to have every image asked for, set `imagePullPolicy: Always` on workloads or by policy.'),
    item('1.2.10', 'ServiceAccount admission plugin on', argument('disable-admission-plugins', lacks('ServiceAccount')), '1.2.12'),
    item('1.2.11', 'NamespaceLifecycle admission plugin on', argument('disable-admission-plugins', lacks('NamespaceLifecycle')), '1.2.13'),
    item('1.2.12', 'SecurityContextConstraint admission plugin on', all(argument('enable-admission-plugins', has('security.openshift.io/SecurityContextConstraint')), argument('disable-admission-plugins', lacks('security.openshift.io/SecurityContextConstraint')))),
    item('1.2.13', 'NodeRestriction admission plugin on', argument('enable-admission-plugins', has('NodeRestriction')), '1.2.14'),
    item('1.2.14', 'No insecure bind address', { kind: 'before', version: '1.24', since: 'servers from 1.24 on have no flag for an insecure address', rule: argument('insecure-bind-address', isUnset) }),
    item('1.2.15', 'No insecure port', { kind: 'before', version: '1.24', since: 'servers from 1.24 on have no flag for an insecure port', rule: any(argument('insecure-port', isUnset), argument('insecure-port', equal(0))) }),
    item('1.2.16', 'Secure port open', apiServerConfig(['servingInfo', 'bindAddress'], isSet)),
    item('1.2.17', 'API server health endpoints guarded by RBAC', undecidable('Who may read /healthz, /livez, /readyz and /metrics, and what they answer to a request without a credential.', 'nonResourceURLs in roles and who is bound to them'), undefined,
      'Bind nobody to roles with nonResourceURLs but those who monitor the cluster; leave what OpenShift comes with.'),
    item('1.2.18', 'Audit log destination set', argument('audit-log-path', isSet), '1.2.16'),
    item('1.2.19', 'Audit logs leave the cluster', any({ kind: 'audit-log-forwarded' }, undecidable('Whether something else than a ClusterLogForwarder ships the audit log, and whether its receiver keeps it.', 'ClusterLogForwarders and their pipelines')), undefined,
      'Install OpenShift Logging and make a ClusterLogForwarder with a pipeline whose inputRefs have `audit`.'),
    item('1.2.20', 'At least 10 rotated audit files kept', argument('audit-log-maxbackup', atLeast(10)), '1.2.18'),
    item('1.2.21', 'Audit file rotated at 100 MB or more', argument('audit-log-maxsize', atLeast(100)), '1.2.19'),
    item('1.2.22', 'API request timeout set', argument('min-request-timeout', atLeast(3600)), '1.2.20'),
    item('1.2.23', 'Service-account token lookup on', argument('service-account-lookup', notEqual(false)), '1.2.21'),
    item('1.2.24', 'Service-account verification keys set', any(apiServerConfig(['serviceAccountPublicKeyFiles'], isSet), argument('service-account-key-file', isSet)), '1.2.22'),
    item('1.2.25', 'API server authenticates to etcd with a certificate', allSet(argument, 'etcd-certfile', 'etcd-keyfile'), '1.2.23'),
    item('1.2.26', 'API server serves with an explicit certificate', allSet(argument, 'tls-cert-file', 'tls-private-key-file'), '1.2.24'),
    item('1.2.27', 'Client CA configured', any(apiServerConfig(['servingInfo', 'clientCA'], isSet), argument('client-ca-file', isSet)), '1.2.25'),
    item('1.2.28', 'etcd CA configured', argument('etcd-cafile', isSet), '1.2.26'),
    item('1.2.29', 'Encryption at rest completed with a real provider', all(apiServer(['spec', 'encryption', 'type'], oneOf('aescbc', 'aesgcm', 'KMS')), { kind: 'condition', object: cluster('kubeapiservers.operator'), type: 'Encrypted', status: 'True' }), '1.2.28', 'Set `spec.encryption.type: aesgcm` (or aescbc, or KMS) on apiservers.config.openshift.io/cluster, and wait until the condition Encrypted is True: it writes everything once more.'),
    item('1.2.30', 'Strong TLS profile on API servers and ingress', all({ kind: 'tls-profile', object: cluster('apiservers.config') }, { kind: 'tls-profile', object: { resource: 'ingresscontrollers.operator.openshift.io', namespace: 'openshift-ingress-operator' } }), '1.2.29',
      'Set `spec.tlsSecurityProfile` to Intermediate or Modern on apiservers.config.openshift.io/cluster and on every IngressController, or leave it out.'),
    item('1.2.31', 'No unsupported config overrides', configured('kubeapiservers.operator', ['spec', 'unsupportedConfigOverrides'], isUnset), undefined,
      'Set `spec.unsupportedConfigOverrides` of kubeapiservers.operator.openshift.io/cluster to null.'),
  ],
};

export const openshiftAuthentication: readonly RowSection[] = [
  {
    id: '3.1', title: 'Authentication',
    rows: [
      item('3.1.1', 'Users log in through an identity provider, kubeadmin removed', all(any(configured('oauths.config', ['spec', 'identityProviders'], isSet), all(configured('authentications.config', ['spec', 'type'], equal('OIDC')), configured('authentications.config', ['spec', 'oidcProviders'], isSet))), { kind: 'objects-named', resources: ['secrets of kube-system'], names: ['kubeadmin'], exist: false }), '3.1.1',
        'Name an identity provider in oauths.config.openshift.io/cluster, make one of its users cluster-admin, then `oc delete secret kubeadmin -n kube-system`.'),
    ],
  },
  {
    id: '3.2', title: 'Audit',
    rows: [
      item('3.2.1', 'An audit policy is in force', apiServer(['spec', 'audit', 'profile'], notEqual('None')), '3.2.1', 'Set `spec.audit.profile: Default` on apiservers.config.openshift.io/cluster.'),
      item('3.2.2', 'Audit policy covers the sensitive areas', any(all(apiServer(['spec', 'audit', 'profile'], oneOf(...withBodies)), any(apiServer(['spec', 'audit', 'customRules'], isUnset), apiServer(['spec', 'audit', 'customRules'], within(withBodies)))), undecidable('Whether what the profile Default records, metadata of all and bodies of OAuth tokens, is enough, and what customRules leave out.', 'spec.audit of apiservers.config.openshift.io/cluster')), '3.2.2',
        'Set `spec.audit.profile: WriteRequestBodies` on apiservers.config.openshift.io/cluster, and take customRules that record less.'),
    ],
  },
];
