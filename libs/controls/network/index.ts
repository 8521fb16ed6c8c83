import type { Control } from '../engine/control.js';
import { allowAllRules } from './allow-all-rules.js';
import { cniEnforcement } from './cni-enforcement.js';
import { controlPlaneReachability } from './control-plane-reachability.js';
import { danglingRoutes } from './dangling-routes.js';
import { defaultDenyEgress } from './default-deny-egress.js';
import { defaultDenyIngress } from './default-deny-ingress.js';
import { egressGateway } from './egress-gateway.js';
import { exposedServices } from './exposed-services.js';
import { ingressAllowList } from './ingress-allow-list.js';
import { ingressHosts } from './ingress-hosts.js';
import { ingressRateLimit } from './ingress-rate-limit.js';
import { ingressRiskyAnnotations } from './ingress-risky-annotations.js';
import { ingressTls } from './ingress-tls.js';
import { meshAuthorization } from './mesh-authorization.js';
import { meshMtls } from './mesh-mtls.js';
import { metadataEndpoint } from './metadata-endpoint.js';
import { namespaceReachability } from './namespace-reachability.js';
import { stalePolicies } from './stale-policies.js';
import { unselectedPods } from './unselected-pods.js';

export const networkControls: readonly Control[] = [
  defaultDenyIngress, defaultDenyEgress, unselectedPods, allowAllRules, metadataEndpoint, namespaceReachability, cniEnforcement, ingressTls, ingressRateLimit,
  ingressAllowList, ingressRiskyAnnotations, exposedServices, ingressHosts, danglingRoutes, egressGateway, meshMtls, meshAuthorization, controlPlaneReachability, stalePolicies,
];
