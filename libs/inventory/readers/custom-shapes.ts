import type { ResourceKey } from '../resources.js';
import { fields, labels, listOf, mapOf, selector, strictSelector, texts, type Shape } from './shape.js';

const named = fields({ kind: 'text', name: 'text' });
const reference = fields({ group: 'text', kind: 'text', name: 'text', namespace: 'text' });

const routeOfGatewayApi = (match: Shape): Shape => fields({
  parentRefs: listOf(fields({ group: 'text', kind: 'text', name: 'text', namespace: 'text', sectionName: 'text' })),
  hostnames: texts,
  rules: listOf(fields({
    matches: listOf(match),
    filters: listOf(fields({ type: 'text', requestRedirect: fields({ scheme: 'text' }), extensionRef: reference })),
    backendRefs: listOf(fields({ group: 'text', kind: 'text', name: 'text', namespace: 'text', port: 'number' })),
  })),
});

const istioRoutes = (match: Shape): Shape => listOf(fields({ match: listOf(match), route: listOf(fields({ destination: fields({ host: 'text', port: fields({ number: 'number' }) }) })) }));
const istioTargets = { targetRef: reference, targetRefs: listOf(reference) };
const mutualTls = fields({ mode: 'text' });

const contourServices = listOf(fields({ name: 'text', port: 'number' }));
const contourInclude = fields({ name: 'text', namespace: 'text' });
const contourSettings = { ipAllowPolicy: listOf(fields({ cidr: 'text' })), rateLimitPolicy: fields({ disabled: 'flag', local: 'object', global: 'object' }) };

const traefikSources = fields({ sourceRange: texts });
const traefikNames = listOf(fields({ name: 'text', namespace: 'text' }));

const attached = { targetRef: reference, targetRefs: listOf(reference), targetSelectors: listOf('object') };

const expressions = listOf(fields({ expression: 'text' }));
const resourceRules = listOf(fields({ operations: texts, resources: texts }));
const matchResources = (selector: Shape): Shape => fields({ resourceRules, excludeResourceRules: listOf('object'), namespaceSelector: selector, objectSelector: selector });

const kyvernoClause = {
  resources: fields({ kinds: texts, name: 'text', names: texts, namespaces: texts, annotations: labels, operations: texts, selector, namespaceSelector: selector }),
  subjects: listOf('object'), roles: texts, clusterRoles: texts,
};
const kyvernoBlock = fields({ ...kyvernoClause, any: listOf(fields(kyvernoClause)), all: listOf(fields(kyvernoClause)) });
const kyvernoPolicy = fields({
  admission: 'flag', failurePolicy: 'text', validationFailureAction: 'text',
  validationFailureActionOverrides: listOf(fields({ action: 'text', namespaces: texts, namespaceSelector: selector })),
  webhookConfiguration: fields({ failurePolicy: 'text', matchConditions: listOf('object') }),
  rules: listOf(fields({
    match: kyvernoBlock, exclude: kyvernoBlock,
    // Any of two forms, as Kyverno has had them.
    preconditions: 'tree', celPreconditions: listOf('object'),
    validate: fields({ failureAction: 'text' }),
    verifyImages: listOf(fields({ failureAction: 'text', image: 'text', imageReferences: texts, attestors: listOf('object'), attestations: listOf('object'), key: 'text', roots: 'text', issuer: 'text', subject: 'text' })),
  })),
});
const kyvernoOfExpressions = fields({
  evaluation: fields({ mode: 'text', admission: fields({ enabled: 'flag' }) }), failurePolicy: 'text',
  matchConstraints: matchResources(selector), matchConditions: listOf('object'), validationActions: texts, validations: expressions, variables: expressions, attestors: listOf('object'),
  matchImageReferences: listOf(fields({ glob: 'text', expression: 'text' })),
});

const constraint = fields({
  enforcementAction: 'text', scopedEnforcementActions: listOf(fields({ action: 'text', enforcementPoints: listOf(fields({ name: 'text' })) })),
  match: fields({ kinds: listOf(fields({ kinds: texts })), namespaces: texts, excludedNamespaces: texts, namespaceSelector: selector, labelSelector: selector, name: 'text' }),
});
const kubewardenPolicy = fields({ mode: 'text', module: 'text', failurePolicy: 'text', rules: resourceRules, matchConditions: listOf('object'), objectSelector: selector, namespaceSelector: selector });

const fluxSource = fields({ url: 'text', type: 'text', insecure: 'flag', verify: 'object' });
const argoValues = listOf(fields({ name: 'text', value: 'text' }));
const argoSource = fields({ repoURL: 'text', chart: 'text', helm: fields({ parameters: argoValues }), plugin: fields({ env: argoValues }) });

/** Specs by what readers go by, each as the definition of its kind has it. What is of another shape was taken by no server that knows the kind, and is read by nobody. */
export const customShapes: { readonly [K in ResourceKey]?: Shape } = {
  'ingressclasses.networking.k8s.io': fields({ controller: 'text' }),
  'validatingadmissionpolicies.admissionregistration.k8s.io': fields({ failurePolicy: 'text', matchConstraints: matchResources(strictSelector), matchConditions: listOf('object'), validations: expressions, variables: expressions }),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': fields({ policyName: 'text', validationActions: texts, matchResources: matchResources(strictSelector) }),

  'gatewayclasses.gateway.networking.k8s.io': fields({ controllerName: 'text' }),
  'gateways.gateway.networking.k8s.io': fields({
    gatewayClassName: 'text',
    listeners: listOf(fields({
      name: 'text', hostname: 'text', protocol: 'text', tls: fields({ mode: 'text', certificateRefs: listOf(reference), options: labels }),
      allowedRoutes: fields({ namespaces: fields({ from: 'text', selector }) }),
    })),
  }),
  'httproutes.gateway.networking.k8s.io': routeOfGatewayApi(fields({ path: fields({ type: 'text', value: 'text' }), method: 'text', headers: listOf('object'), queryParams: listOf('object') })),
  'grpcroutes.gateway.networking.k8s.io': routeOfGatewayApi(fields({ method: 'object', headers: listOf('object') })),
  'tlsroutes.gateway.networking.k8s.io': routeOfGatewayApi('object'),
  'referencegrants.gateway.networking.k8s.io': fields({ from: listOf(fields({ group: 'text', kind: 'text', namespace: 'text' })), to: listOf(fields({ group: 'text', kind: 'text', name: 'text' })) }),
  'backendtrafficpolicies.gateway.envoyproxy.io': fields({ ...attached, rateLimit: 'object' }),
  'securitypolicies.gateway.envoyproxy.io': fields({ ...attached, authorization: fields({ defaultAction: 'text', rules: listOf(fields({ action: 'text', principal: fields({ clientCIDRs: texts }) })) }) }),
  'ingressroutes.traefik.io': fields({
    entryPoints: texts, tls: fields({ secretName: 'text', certResolver: 'text' }),
    routes: listOf(fields({ match: 'text', services: listOf(fields({ kind: 'text', name: 'text', namespace: 'text', port: 'scalar' })), middlewares: traefikNames })),
  }),
  'middlewares.traefik.io': fields({ chain: fields({ middlewares: traefikNames }), inFlightReq: 'object', ipAllowList: traefikSources, ipWhiteList: traefikSources, rateLimit: 'object', redirectScheme: fields({ scheme: 'text' }) }),
  'httpproxies.projectcontour.io': fields({
    ingressClassName: 'text', virtualhost: fields({ ...contourSettings, fqdn: 'text', tls: fields({ secretName: 'text', passthrough: 'flag' }) }),
    routes: listOf(fields({ ...contourSettings, services: contourServices, permitInsecure: 'flag' })),
    includes: listOf(contourInclude), tcpproxy: fields({ services: contourServices, include: contourInclude }),
  }),
  'routes.route.openshift.io': fields({
    host: 'text', path: 'text', wildcardPolicy: 'text', to: named, alternateBackends: listOf(named), port: fields({ targetPort: 'scalar' }),
    tls: fields({ termination: 'text', insecureEdgeTerminationPolicy: 'text', certificate: 'text', externalCertificate: fields({ name: 'text' }) }),
  }),

  'gateways.networking.istio.io': fields({
    selector: labels,
    servers: listOf(fields({
      port: fields({ protocol: 'text' }), hosts: texts,
      tls: fields({ mode: 'text', httpsRedirect: 'flag', credentialName: 'text', credentialNames: texts, serverCertificate: 'text', tlsCertificates: listOf('object') }),
    })),
  }),
  'virtualservices.networking.istio.io': fields({ hosts: texts, gateways: texts, http: istioRoutes(fields({ uri: fields({ exact: 'text', prefix: 'text', regex: 'text' }) })), tls: istioRoutes('object'), tcp: istioRoutes('object') }),
  'serviceentries.networking.istio.io': fields({ hosts: texts }),
  'envoyfilters.networking.istio.io': fields({ workloadSelector: fields({ labels }), targetRefs: listOf(reference), configPatches: listOf('object') }),
  'peerauthentications.security.istio.io': fields({ selector, mtls: mutualTls, portLevelMtls: mapOf(mutualTls) }),
  'authorizationpolicies.security.istio.io': fields({
    ...istioTargets, selector, action: 'text',
    rules: listOf(fields({
      from: listOf(fields({ source: fields({ ipBlocks: texts, notIpBlocks: texts, remoteIpBlocks: texts, notRemoteIpBlocks: texts }) })),
      to: listOf(fields({ operation: fields({ hosts: texts }) })), when: listOf('object'),
    })),
  }),
  'servers.policy.linkerd.io': fields({ podSelector: strictSelector, port: 'scalar', accessPolicy: 'text' }),
  'authorizationpolicies.policy.linkerd.io': fields({ targetRef: reference, requiredAuthenticationRefs: listOf(reference) }),

  'clusterpolicies.kyverno.io': kyvernoPolicy,
  'policies.kyverno.io': kyvernoPolicy,
  'validatingpolicies.policies.kyverno.io': kyvernoOfExpressions,
  'imagevalidatingpolicies.policies.kyverno.io': kyvernoOfExpressions,
  'clusterimagepolicies.policy.sigstore.dev': fields({ mode: 'text', authorities: listOf(fields({ static: 'object' })), images: listOf(fields({ glob: 'text' })), match: listOf(fields({ resource: 'text', selector: strictSelector })) }),
  'constrainttemplates.templates.gatekeeper.sh': fields({ crd: fields({ spec: fields({ names: fields({ kind: 'text' }) }) }), targets: listOf(fields({ rego: 'text' })) }),
  'ratifyverification.constraints.gatekeeper.sh': constraint,
  'k8srequiredlabels.constraints.gatekeeper.sh': constraint,
  'k8sallowedrepos.constraints.gatekeeper.sh': constraint,
  'clusteradmissionpolicies.policies.kubewarden.io': kubewardenPolicy,
  'admissionpolicies.policies.kubewarden.io': kubewardenPolicy,

  'helmrepositories.source.toolkit.fluxcd.io': fluxSource,
  'ocirepositories.source.toolkit.fluxcd.io': fluxSource,
  'gitrepositories.source.toolkit.fluxcd.io': fluxSource,
  'helmreleases.helm.toolkit.fluxcd.io': fields({ chartRef: 'object', chart: fields({ spec: fields({ chart: 'text', sourceRef: reference, verify: 'object' }) }) }),
  'applications.argoproj.io': fields({ project: 'text', source: argoSource, sources: listOf(argoSource) }),
  'appprojects.argoproj.io': fields({ sourceRepos: texts, signatureKeys: listOf('object'), sourceIntegrity: fields({ git: fields({ policies: listOf('object') }) }) }),
};
