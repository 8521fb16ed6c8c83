/**
 * Every resource the service reads from a cluster, in the order it is read: what other kinds
 * need in order to be resolved (owners, roles) comes before what refers to it.
 *
 * `read: 'metadata'` asks the server for PartialObjectMetadata only, so no value ever leaves the cluster.
 * `right` names the manifest that grants the read: `base` unless said otherwise.
 */
export interface ResourceType {
  readonly group: string;
  /** Served versions we understand, best first. */
  readonly versions: readonly string[];
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly read: 'object' | 'metadata';
  readonly right?: 'secrets' | 'node-config';
  /** Custom resources: absent on most clusters, which is itself an observation. */
  readonly custom?: true;
}

const core = (resource: string, kind: string, namespaced = true, read: 'object' | 'metadata' = 'object') =>
  ({ group: '', versions: ['v1'], resource, kind, namespaced, read }) satisfies ResourceType;
const grouped = (group: string, versions: readonly string[], resource: string, kind: string, namespaced = true) =>
  ({ group, versions, resource, kind, namespaced, read: 'object' }) satisfies ResourceType;
const custom = (group: string, versions: readonly string[], resource: string, kind: string, namespaced = true) =>
  ({ group, versions, resource, kind, namespaced, read: 'object', custom: true }) satisfies ResourceType;

const rbac = 'rbac.authorization.k8s.io';
const openshiftConfig = 'config.openshift.io';
const openshiftOperator = 'operator.openshift.io';
const gatewayApi = 'gateway.networking.k8s.io';
const istio = 'networking.istio.io';

export const resourceTypes = {
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  serviceaccounts: core('serviceaccounts', 'ServiceAccount'),
  'roles.rbac.authorization.k8s.io': grouped(rbac, ['v1'], 'roles', 'Role'),
  'clusterroles.rbac.authorization.k8s.io': grouped(rbac, ['v1'], 'clusterroles', 'ClusterRole', false),
  'rolebindings.rbac.authorization.k8s.io': grouped(rbac, ['v1'], 'rolebindings', 'RoleBinding'),
  'clusterrolebindings.rbac.authorization.k8s.io': grouped(rbac, ['v1'], 'clusterrolebindings', 'ClusterRoleBinding', false),
  'networkpolicies.networking.k8s.io': grouped('networking.k8s.io', ['v1'], 'networkpolicies', 'NetworkPolicy'),
  'ingresses.networking.k8s.io': grouped('networking.k8s.io', ['v1', 'v1beta1'], 'ingresses', 'Ingress'),
  services: core('services', 'Service'),
  limitranges: core('limitranges', 'LimitRange'),
  resourcequotas: core('resourcequotas', 'ResourceQuota'),
  // Whole: credentials are looked for in their values while they are in hand, and no value is kept.
  configmaps: core('configmaps', 'ConfigMap'),
  secrets: { ...core('secrets', 'Secret', true, 'metadata'), right: 'secrets' },
  'validatingwebhookconfigurations.admissionregistration.k8s.io':
    grouped('admissionregistration.k8s.io', ['v1'], 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', false),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io':
    grouped('admissionregistration.k8s.io', ['v1'], 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', false),
  'replicasets.apps': grouped('apps', ['v1'], 'replicasets', 'ReplicaSet'),
  'deployments.apps': grouped('apps', ['v1'], 'deployments', 'Deployment'),
  'statefulsets.apps': grouped('apps', ['v1'], 'statefulsets', 'StatefulSet'),
  'daemonsets.apps': grouped('apps', ['v1'], 'daemonsets', 'DaemonSet'),
  replicationcontrollers: core('replicationcontrollers', 'ReplicationController'),
  'cronjobs.batch': grouped('batch', ['v1', 'v1beta1'], 'cronjobs', 'CronJob'),
  'jobs.batch': grouped('batch', ['v1'], 'jobs', 'Job'),
  pods: core('pods', 'Pod'),
  'ciliumnetworkpolicies.cilium.io': custom('cilium.io', ['v2'], 'ciliumnetworkpolicies', 'CiliumNetworkPolicy'),
  'ciliumclusterwidenetworkpolicies.cilium.io':
    custom('cilium.io', ['v2'], 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy', false),
  'networkpolicies.crd.projectcalico.org': custom('crd.projectcalico.org', ['v1'], 'networkpolicies', 'NetworkPolicy'),
  'globalnetworkpolicies.crd.projectcalico.org':
    custom('crd.projectcalico.org', ['v1'], 'globalnetworkpolicies', 'GlobalNetworkPolicy', false),
  'adminnetworkpolicies.policy.networking.k8s.io':
    custom('policy.networking.k8s.io', ['v1alpha1', 'v1alpha2'], 'adminnetworkpolicies', 'AdminNetworkPolicy', false),
  'baselineadminnetworkpolicies.policy.networking.k8s.io':
    custom('policy.networking.k8s.io', ['v1alpha1'], 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', false),
  'clusternetworkpolicies.policy.networking.k8s.io':
    custom('policy.networking.k8s.io', ['v1alpha2'], 'clusternetworkpolicies', 'ClusterNetworkPolicy', false),
  'clusterpolicies.kyverno.io': custom('kyverno.io', ['v1', 'v2beta1'], 'clusterpolicies', 'ClusterPolicy', false),
  'policies.kyverno.io': custom('kyverno.io', ['v1', 'v2beta1'], 'policies', 'Policy'),
  'imagevalidatingpolicies.policies.kyverno.io':
    custom('policies.kyverno.io', ['v1', 'v1beta1', 'v1alpha1'], 'imagevalidatingpolicies', 'ImageValidatingPolicy', false),
  'clusterimagepolicies.policy.sigstore.dev':
    custom('policy.sigstore.dev', ['v1beta1', 'v1alpha1'], 'clusterimagepolicies', 'ClusterImagePolicy', false),
  'constrainttemplates.templates.gatekeeper.sh':
    custom('templates.gatekeeper.sh', ['v1', 'v1beta1'], 'constrainttemplates', 'ConstraintTemplate', false),
  // The one constraint kind that is read: Gatekeeper makes a kind of every template.
  'ratifyverification.constraints.gatekeeper.sh':
    custom('constraints.gatekeeper.sh', ['v1beta1', 'v1'], 'ratifyverification', 'RatifyVerification', false),
  'peerauthentications.security.istio.io': custom('security.istio.io', ['v1', 'v1beta1'], 'peerauthentications', 'PeerAuthentication'),
  'authorizationpolicies.security.istio.io':
    custom('security.istio.io', ['v1', 'v1beta1'], 'authorizationpolicies', 'AuthorizationPolicy'),
  'vulnerabilityreports.aquasecurity.github.io':
    { ...custom('aquasecurity.github.io', ['v1alpha1'], 'vulnerabilityreports', 'VulnerabilityReport'), read: 'metadata' },
  'policyreports.wgpolicyk8s.io':
    { ...custom('wgpolicyk8s.io', ['v1alpha2'], 'policyreports', 'PolicyReport'), read: 'metadata' },

  'horizontalpodautoscalers.autoscaling': grouped('autoscaling', ['v2', 'v1'], 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  'poddisruptionbudgets.policy': grouped('policy', ['v1', 'v1beta1'], 'poddisruptionbudgets', 'PodDisruptionBudget'),
  'ingressclasses.networking.k8s.io': grouped('networking.k8s.io', ['v1', 'v1beta1'], 'ingressclasses', 'IngressClass', false),
  // Whose they are stands in a label; a cluster has one for every hundred pods of a service.
  'endpointslices.discovery.k8s.io': { ...grouped('discovery.k8s.io', ['v1', 'v1beta1'], 'endpointslices', 'EndpointSlice'), read: 'metadata' },
  'validatingadmissionpolicies.admissionregistration.k8s.io':
    custom('admissionregistration.k8s.io', ['v1', 'v1beta1'], 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io':
    custom('admissionregistration.k8s.io', ['v1', 'v1beta1'], 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', false),

  'gatewayclasses.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1beta1'], 'gatewayclasses', 'GatewayClass', false),
  'gateways.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1beta1'], 'gateways', 'Gateway'),
  'httproutes.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1beta1'], 'httproutes', 'HTTPRoute'),
  'grpcroutes.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1alpha2'], 'grpcroutes', 'GRPCRoute'),
  'tlsroutes.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1alpha3', 'v1alpha2'], 'tlsroutes', 'TLSRoute'),
  'tcproutes.gateway.networking.k8s.io': custom(gatewayApi, ['v1alpha2'], 'tcproutes', 'TCPRoute'),
  'referencegrants.gateway.networking.k8s.io': custom(gatewayApi, ['v1', 'v1beta1'], 'referencegrants', 'ReferenceGrant'),
  'backendtrafficpolicies.gateway.envoyproxy.io': custom('gateway.envoyproxy.io', ['v1alpha1'], 'backendtrafficpolicies', 'BackendTrafficPolicy'),
  'securitypolicies.gateway.envoyproxy.io': custom('gateway.envoyproxy.io', ['v1alpha1'], 'securitypolicies', 'SecurityPolicy'),
  'ingressroutes.traefik.io': custom('traefik.io', ['v1alpha1'], 'ingressroutes', 'IngressRoute'),
  'middlewares.traefik.io': custom('traefik.io', ['v1alpha1'], 'middlewares', 'Middleware'),
  'httpproxies.projectcontour.io': custom('projectcontour.io', ['v1'], 'httpproxies', 'HTTPProxy'),
  'kongplugins.configuration.konghq.com': custom('configuration.konghq.com', ['v1'], 'kongplugins', 'KongPlugin'),
  'kongclusterplugins.configuration.konghq.com': custom('configuration.konghq.com', ['v1'], 'kongclusterplugins', 'KongClusterPlugin', false),
  'routes.route.openshift.io': custom('route.openshift.io', ['v1'], 'routes', 'Route'),

  'gateways.networking.istio.io': custom(istio, ['v1', 'v1beta1', 'v1alpha3'], 'gateways', 'Gateway'),
  'virtualservices.networking.istio.io': custom(istio, ['v1', 'v1beta1', 'v1alpha3'], 'virtualservices', 'VirtualService'),
  'serviceentries.networking.istio.io': custom(istio, ['v1', 'v1beta1', 'v1alpha3'], 'serviceentries', 'ServiceEntry'),
  'envoyfilters.networking.istio.io': custom(istio, ['v1alpha3'], 'envoyfilters', 'EnvoyFilter'),
  'servers.policy.linkerd.io': custom('policy.linkerd.io', ['v1beta3', 'v1beta2', 'v1beta1'], 'servers', 'Server'),
  'authorizationpolicies.policy.linkerd.io': custom('policy.linkerd.io', ['v1alpha1'], 'authorizationpolicies', 'AuthorizationPolicy'),
  'meshtlsauthentications.policy.linkerd.io': custom('policy.linkerd.io', ['v1alpha1'], 'meshtlsauthentications', 'MeshTLSAuthentication'),
  'ciliumegressgatewaypolicies.cilium.io': custom('cilium.io', ['v2'], 'ciliumegressgatewaypolicies', 'CiliumEgressGatewayPolicy', false),
  'egressips.k8s.ovn.org': custom('k8s.ovn.org', ['v1'], 'egressips', 'EgressIP', false),
  'egressfirewalls.k8s.ovn.org': custom('k8s.ovn.org', ['v1'], 'egressfirewalls', 'EgressFirewall'),
  'egressgateways.operator.tigera.io': custom('operator.tigera.io', ['v1'], 'egressgateways', 'EgressGateway'),
  'egresses.crd.antrea.io': custom('crd.antrea.io', ['v1beta1', 'v1alpha2'], 'egresses', 'Egress', false),

  'validatingpolicies.policies.kyverno.io':
    custom('policies.kyverno.io', ['v1', 'v1beta1', 'v1alpha1'], 'validatingpolicies', 'ValidatingPolicy', false),
  'k8srequiredlabels.constraints.gatekeeper.sh': custom('constraints.gatekeeper.sh', ['v1beta1', 'v1'], 'k8srequiredlabels', 'K8sRequiredLabels', false),
  'k8sallowedrepos.constraints.gatekeeper.sh': custom('constraints.gatekeeper.sh', ['v1beta1', 'v1'], 'k8sallowedrepos', 'K8sAllowedRepos', false),
  'clusteradmissionpolicies.policies.kubewarden.io':
    custom('policies.kubewarden.io', ['v1', 'v1alpha2'], 'clusteradmissionpolicies', 'ClusterAdmissionPolicy', false),
  'admissionpolicies.policies.kubewarden.io': custom('policies.kubewarden.io', ['v1', 'v1alpha2'], 'admissionpolicies', 'AdmissionPolicy'),

  'externalsecrets.external-secrets.io': custom('external-secrets.io', ['v1', 'v1beta1'], 'externalsecrets', 'ExternalSecret'),
  'secretstores.external-secrets.io': custom('external-secrets.io', ['v1', 'v1beta1'], 'secretstores', 'SecretStore'),
  'clustersecretstores.external-secrets.io': custom('external-secrets.io', ['v1', 'v1beta1'], 'clustersecretstores', 'ClusterSecretStore', false),
  'secretproviderclasses.secrets-store.csi.x-k8s.io': custom('secrets-store.csi.x-k8s.io', ['v1'], 'secretproviderclasses', 'SecretProviderClass'),
  'vaultstaticsecrets.secrets.hashicorp.com': custom('secrets.hashicorp.com', ['v1beta1'], 'vaultstaticsecrets', 'VaultStaticSecret'),
  'vaultdynamicsecrets.secrets.hashicorp.com': custom('secrets.hashicorp.com', ['v1beta1'], 'vaultdynamicsecrets', 'VaultDynamicSecret'),
  // They name Secrets of accounts and authorities that nothing else names.
  'issuers.cert-manager.io': custom('cert-manager.io', ['v1'], 'issuers', 'Issuer'),
  'clusterissuers.cert-manager.io': custom('cert-manager.io', ['v1'], 'clusterissuers', 'ClusterIssuer', false),
  'certificates.cert-manager.io': custom('cert-manager.io', ['v1'], 'certificates', 'Certificate'),
  // Its spec is ciphertext.
  'sealedsecrets.bitnami.com': { ...custom('bitnami.com', ['v1alpha1'], 'sealedsecrets', 'SealedSecret'), read: 'metadata' },

  'prometheuses.monitoring.coreos.com': { ...custom('monitoring.coreos.com', ['v1'], 'prometheuses', 'Prometheus'), read: 'metadata' },
  'alertmanagers.monitoring.coreos.com': { ...custom('monitoring.coreos.com', ['v1'], 'alertmanagers', 'Alertmanager'), read: 'metadata' },
  'prometheusrules.monitoring.coreos.com': { ...custom('monitoring.coreos.com', ['v1'], 'prometheusrules', 'PrometheusRule'), read: 'metadata' },
  'vmrules.operator.victoriametrics.com': { ...custom('operator.victoriametrics.com', ['v1beta1'], 'vmrules', 'VMRule'), read: 'metadata' },
  'grafanadashboards.grafana.integreatly.org': { ...custom('grafana.integreatly.org', ['v1beta1'], 'grafanadashboards', 'GrafanaDashboard'), read: 'metadata' },

  'helmrepositories.source.toolkit.fluxcd.io': custom('source.toolkit.fluxcd.io', ['v1', 'v1beta2'], 'helmrepositories', 'HelmRepository'),
  'ocirepositories.source.toolkit.fluxcd.io': custom('source.toolkit.fluxcd.io', ['v1', 'v1beta2'], 'ocirepositories', 'OCIRepository'),
  'gitrepositories.source.toolkit.fluxcd.io': custom('source.toolkit.fluxcd.io', ['v1', 'v1beta2'], 'gitrepositories', 'GitRepository'),
  'helmreleases.helm.toolkit.fluxcd.io': custom('helm.toolkit.fluxcd.io', ['v2', 'v2beta2'], 'helmreleases', 'HelmRelease'),
  'applications.argoproj.io': custom('argoproj.io', ['v1alpha1'], 'applications', 'Application'),
  'appprojects.argoproj.io': custom('argoproj.io', ['v1alpha1'], 'appprojects', 'AppProject'),

  // By which platforms are configured; of each the fields that benchmarks ask are kept: see `configurationFields`.
  'storageclasses.storage.k8s.io': grouped('storage.k8s.io', ['v1'], 'storageclasses', 'StorageClass', false),
  'managedcertificates.networking.gke.io': custom('networking.gke.io', ['v1', 'v1beta2'], 'managedcertificates', 'ManagedCertificate'),
  'apiservers.config.openshift.io': custom(openshiftConfig, ['v1'], 'apiservers', 'APIServer', false),
  'authentications.config.openshift.io': custom(openshiftConfig, ['v1'], 'authentications', 'Authentication', false),
  'images.config.openshift.io': custom(openshiftConfig, ['v1'], 'images', 'Image', false),
  'networks.config.openshift.io': custom(openshiftConfig, ['v1'], 'networks', 'Network', false),
  'oauths.config.openshift.io': custom(openshiftConfig, ['v1'], 'oauths', 'OAuth', false),
  'ingresscontrollers.operator.openshift.io': custom(openshiftOperator, ['v1'], 'ingresscontrollers', 'IngressController'),
  'kubeapiservers.operator.openshift.io': custom(openshiftOperator, ['v1'], 'kubeapiservers', 'KubeAPIServer', false),
  'networks.operator.openshift.io': custom(openshiftOperator, ['v1'], 'networks', 'Network', false),
  'securitycontextconstraints.security.openshift.io':
    custom('security.openshift.io', ['v1'], 'securitycontextconstraints', 'SecurityContextConstraints', false),
  'clusterlogforwarders.observability.openshift.io': custom('observability.openshift.io', ['v1'], 'clusterlogforwarders', 'ClusterLogForwarder'),
  'clusterlogforwarders.logging.openshift.io': custom('logging.openshift.io', ['v1'], 'clusterlogforwarders', 'ClusterLogForwarder'),
} as const satisfies Record<string, ResourceType>;

/** `resource.group` as kubectl writes it; the core group has no suffix. */
export type ResourceKey = keyof typeof resourceTypes;

export const resourceKeys = Object.keys(resourceTypes) as readonly ResourceKey[];

export const resourceType = (key: ResourceKey): ResourceType => resourceTypes[key];

const byGroupKind = new Map<string, ResourceKey>(
  resourceKeys.map((key) => [`${resourceTypes[key].group}/${resourceTypes[key].kind}`, key]),
);

/** The resource an object belongs to by its group and kind; undefined for kinds that are not read. */
export function resourceKeyOf(apiVersion: string, kind: string): ResourceKey | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  // Ingress lived in extensions before networking.k8s.io; its shape is read by the same projection.
  const found = byGroupKind.get(`${group}/${kind}`);
  if (found) return found;
  if (group === 'extensions') return byGroupKind.get(`networking.k8s.io/${kind}`) ?? byGroupKind.get(`apps/${kind}`);
  return undefined;
}
