import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable, passPart, provenFail, type Verdict } from '../engine/verdict.js';
import { eachService } from '../scopes/each-object.js';
import { adminTargetOf } from './admin-ports.js';
import { exposureOf } from './exposure.js';

const service = (spec: string, metadata = '') => manifests(`apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop${metadata}}\nspec: {selector: {app: web}, ports: [{port: 443, targetPort: 8443}], ${spec}}`);
const admin = (port: number) => manifests(`apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, type: NodePort, ports: [{port: ${port}}]}`);

export const exposedServices = defineControl({
  id: 'network/exposed-services',
  title: 'Services are open to the outside only by load balancers that name their sources',
  severity: 'medium',
  why: 'A load balancer without source ranges answers the whole internet, a NodePort opens a port on every node past every ingress, and an external IP lets a Service take traffic that was meant for somebody else.',
  remediation: 'Make the Service a ClusterIP and route to it by an Ingress or Gateway. Where it must be a load balancer, list who may reach it in spec.loadBalancerSourceRanges, or keep it inside with your cloud\'s annotation for internal load balancers. Remove externalIPs.',
  frameworks: {
    'nsa-cisa': ['network/worker-nodes#node-port', 'network/policies'], 'nist-800-190': ['4.3.3', '4.4.2'], 'nist-800-53': ['AC-17', 'CM-7', 'SC-7'],
    'mitre-attack': ['T1133', 'T1190', 'T1499'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.2.5', '1.3.1', '1.4.1', '1.4.2'], soc2: ['CC6.6'],
  },
  evidence: ['api'],
  parts: { 'load-balancer': 'a load balancer names its sources', 'node-port': 'no port of every node', 'external-ips': 'no external IPs' },
  scope: eachService,
  check(judged) {
    const exposure = exposureOf(judged);
    const target = adminTargetOf(judged.ports);
    const exposed = (part: string, message: string): Verdict => provenFail(target === undefined ? message : `${message}, and it leads to ${target}`, {
      part,
      ...(target !== undefined && { severity: 'critical' as const }),
      detail: { type: judged.type, ports: judged.ports.slice(0, 20) },
    });
    return [
      exposure.internalBy !== undefined ? notApplicable(`the load balancer is internal, by ${exposure.internalBy}`, 'load-balancer')
        : exposure.loadBalancer === undefined ? passPart('load-balancer') : exposed('load-balancer', `its load balancer answers everyone: ${exposure.loadBalancer}`),
      exposure.nodePort ? exposed('node-port', 'it opens a port on every node') : passPart('node-port'),
      exposure.externalIPs.length > 0 ? exposed('external-ips', `it takes the traffic of ${exposure.externalIPs.slice(0, 3).join(', ')}`) : passPart('external-ips'),
    ];
  },
  examples: {
    passes: [
      service('type: ClusterIP'),
      service('type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]'),
      service('type: LoadBalancer', ', annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true"}'),
      service('type: LoadBalancer', ', annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: 192.0.2.0/24}'),
    ],
    fails: [
      service('type: LoadBalancer'),
      service('type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24, 0.0.0.0/0]'),
      service('type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/1, 128.0.0.0/1]'),
      service('type: LoadBalancer', ', annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: "192.0.2.0/24, office"}'),
      service('type: LoadBalancer', ', annotations: {networking.gke.io/load-balancer-type: External}'),
      service('type: NodePort'),
      service('externalIPs: [198.51.100.7]'),
      admin(5432),
    ],
    unknown: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { services: 'forbidden' } })],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
