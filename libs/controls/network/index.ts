import type { Control } from '../engine/control.js';
import { danglingRoutes } from './dangling-routes.js';
import { defaultDenyEgress } from './default-deny-egress.js';
import { defaultDenyIngress } from './default-deny-ingress.js';
import { exposedServices } from './exposed-services.js';
import { ingressAllowList } from './ingress-allow-list.js';
import { ingressHosts } from './ingress-hosts.js';
import { ingressRateLimit } from './ingress-rate-limit.js';
import { ingressRiskyAnnotations } from './ingress-risky-annotations.js';
import { ingressTls } from './ingress-tls.js';
import { meshAuthorization } from './mesh-authorization.js';
import { meshMtls } from './mesh-mtls.js';

export const networkControls: readonly Control[] = [defaultDenyIngress, defaultDenyEgress, ingressTls, exposedServices, ingressHosts, danglingRoutes, ingressRiskyAnnotations, ingressRateLimit, ingressAllowList, meshMtls, meshAuthorization];
