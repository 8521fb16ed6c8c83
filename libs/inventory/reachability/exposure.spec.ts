import { describe, expect, it } from 'vitest';
import type { IngressFacts, NetworkPolicyFacts, ServiceFacts } from '../facts.js';
import { ExposureFinder, type Exposure } from './exposure.js';
import type { Endpoint, ReachabilityInput } from './input.js';
import { Reachability } from './reachability.js';
import { party, pod, policy, select, service } from './testing/samples.js';

const web = pod('shop/web', { app: 'web' }, { ports: [{ port: 8080, protocol: 'TCP', name: 'http' }] });
const front = pod('ingress/controller', { app: 'nginx' }, { ports: [{ port: 8443, protocol: 'TCP', name: 'https' }] });
const loadBalancer = service('ingress/nginx', { app: 'nginx' }, { type: 'LoadBalancer', ports: [{ port: 443, protocol: 'TCP', targetPort: 'https' }] });
const ingress: IngressFacts = { namespace: 'shop', name: 'shop', annotations: {}, tls: [], rules: [{ host: 'shop.example', paths: [{ path: '/', service: 'web', port: 80 }] }] };

function exposureOf(name: string, { services = [], policies = [], endpoints = [web, front], ...more }: Partial<ReachabilityInput> & { services?: readonly ServiceFacts[]; policies?: readonly NetworkPolicyFacts[]; endpoints?: readonly Endpoint[] }): Exposure {
  const reachability = new Reachability({ endpoints, namespaces: [], policies, services, ...more });
  const workload = reachability.workloads.find((item) => `${item.namespace}/${item.name}` === name)!;
  return new ExposureFinder(reachability).exposure(workload);
}
const only = (rules: NetworkPolicyFacts['ingress']) => policy('shop/web', select({ app: 'web' }), { ingress: rules });

describe('exposure', () => {
  it('comes from the internet by a load balancer to a named port', () => {
    expect(exposureOf('ingress/controller', { services: [loadBalancer] })).toMatchObject({ level: 'internet', ways: [{ by: 'LoadBalancer', port: 443, targetPort: 8443, status: 'allowed', through: [{ kind: 'Service', name: 'nginx' }] }] });
  });

  it('stays in the cluster behind a load balancer that is internal or lets in private ranges alone', () => {
    const web8080 = (more: Partial<ServiceFacts>) => service('shop/web', { app: 'web' }, { type: 'LoadBalancer', ...more });
    expect(exposureOf('shop/web', { services: [web8080({ annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' } })] }).level).toBe('cluster');
    expect(exposureOf('shop/web', { services: [web8080({ sourceRanges: ['10.0.0.0/8'] })] }).level).toBe('cluster');
    expect(exposureOf('shop/web', { services: [web8080({ sourceRanges: ['8.8.8.0/24'] })] }).level).toBe('internet');
    expect(exposureOf('shop/web', { services: [web8080({ sourceRanges: ['10.0.0.0/8', 'office'] })] }).level).toBe('internet');
    const annotations = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, 192.168.0.0/16' };
    expect(exposureOf('shop/web', { services: [web8080({ annotations })] })).toMatchObject({ level: 'cluster', ways: [{ by: 'LoadBalancer', sources: ['10.0.0.0/8', '192.168.0.0/16'] }] });
  });

  it('is closed by a policy, with the caveat that senders may be translated', () => {
    const exposure = exposureOf('shop/web', { services: [service('shop/web', { app: 'web' }, { type: 'NodePort' })], policies: [only([{ peers: [{ podSelector: select() }], ports: [] }])] });
    expect(exposure).toMatchObject({ level: 'namespace', ways: [{ by: 'NodePort', status: 'denied', caveats: ['address-translation'] }] });
    expect(exposureOf('shop/web', { services: [service('shop/web', { app: 'web' }, { type: 'NodePort', externalTrafficPolicy: 'Local' })], policies: [only([])] })).toMatchObject({ ways: [{ status: 'denied', caveats: [] }] });
    expect(exposureOf('shop/web', { policies: [only([])] })).toEqual({ level: 'none', ways: [], unknown: [] });
  });

  it('goes over an Ingress by the exposed workload that may reach the pods', () => {
    const fromNginx = only([{ peers: [{ namespaceSelector: select({ 'kubernetes.io/metadata.name': 'ingress' }) }], ports: [{ protocol: 'TCP', port: 'http' }] }]);
    const behind = { ingresses: [ingress], policies: [fromNginx] };
    expect(exposureOf('shop/web', { ...behind, services: [service('shop/web', { app: 'web' }), loadBalancer] })).toMatchObject({
      level: 'internet', ways: [{ by: 'Ingress', host: 'shop.example', status: 'allowed', controller: { name: 'controller' }, through: [{ kind: 'Ingress' }, { kind: 'Service' }] }],
    });
    expect(exposureOf('shop/web', { ...behind, services: [service('shop/web', { app: 'web' })] })).toMatchObject({ level: 'cluster', mayBe: 'internet', unknown: [{ kind: 'ingress-controller-not-known' }] });
  });

  it('counts host ports and the host network', () => {
    expect(exposureOf('shop/web', { endpoints: [{ ...web, ports: [{ port: 8080, protocol: 'TCP', hostPort: 80 }] }] })).toMatchObject({ level: 'internet', ways: [{ by: 'HostPort', port: 80 }] });
    expect(exposureOf('shop/web', { endpoints: [{ ...web, hostNetwork: true }], policies: [only([])] })).toMatchObject({ level: 'internet', ways: [{ by: 'HostNetwork' }] });
  });

  it('is not certain where evidence is missing', () => {
    const missing = [{ fact: 'networkpolicies.networking.k8s.io', reason: 'forbidden', detail: '' }] as const;
    expect(exposureOf('ingress/controller', { services: [loadBalancer], missing })).toMatchObject({ level: 'none', mayBe: 'internet', unknown: [{ kind: 'missing' }] });
  });

  it('may be of the internet where Services were not read to the end, closed as it looks', () => {
    const missingWays = [{ fact: 'services', reason: 'forbidden', detail: '' }] as const;
    expect(exposureOf('shop/web', { policies: [only([])], missingWays })).toEqual({ level: 'none', mayBe: 'internet', ways: [], unknown: [{ kind: 'missing', evidence: missingWays[0] }] });
    expect(exposureOf('ingress/controller', { services: [loadBalancer], missingWays })).not.toHaveProperty('mayBe');
  });

  it('tells who reaches cloud metadata and the API server', () => {
    const out = (cidr: string, except: readonly string[] = []) => policy('shop/out', select(), { egress: [{ peers: [{ cidr, except }], ports: [] }] });
    const of = (policies: readonly NetworkPolicyFacts[], more: Partial<ReachabilityInput> = {}) => {
      const { metadata, controlPlane } = new ExposureFinder(new Reachability({ endpoints: [web], namespaces: [], policies, ...more })).sensitive(party('shop/web'));
      return [metadata.status, controlPlane.status];
    };
    expect(of([])).toEqual(['allowed', 'allowed']);
    expect(of([out('0.0.0.0/0', ['169.254.169.254/32'])])).toEqual(['denied', 'unknown']);
    expect(of([out('10.0.0.0/8')], { controlPlane: [{ address: '10.0.0.1', port: 6443 }] })).toEqual(['denied', 'allowed']);
    expect(of([policy('shop/none', select(), { egress: [] })])).toEqual(['denied', 'denied']);
  });
});
