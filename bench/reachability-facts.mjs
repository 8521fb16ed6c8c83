import { chanceOf } from './chance.mjs';

const WORKLOADS_A_NAMESPACE = 10;
const select = (matchLabels, matchExpressions = []) => ({ matchLabels, matchExpressions });

/**
 * What reachability is decided on: 200 namespaces of 10 workloads and 5 policies, the first of which denies what comes in
 * by default, in every fourth namespace also what goes out; the others open one workload to another, to namespaces by their
 * team, to addresses, on numbers, ranges and names of ports. 5 pods a workload; `replicas` multiplies the pods, `scale` the
 * namespaces. Pods of a workload are alike to every policy. Half of the pairs that are asked about are of one namespace.
 */
export function reachabilityFacts({ scale = 1, replicas = 5, seed = 1 }) {
  const { below, pick, oneIn } = chanceOf(seed);
  const count = Math.max(1, Math.round(200 * scale));
  const teams = Array.from({ length: 20 }, (_, i) => `team-${i}`);
  const namespaces = Array.from({ length: count }, (_, i) => ({ name: `shop-${i}`, labels: { 'kubernetes.io/metadata.name': `shop-${i}`, team: teams[i % teams.length], stage: i % 2 === 0 ? 'live' : 'test' } }));
  const app = () => ({ app: `app-${below(WORKLOADS_A_NAMESPACE)}` });

  const ports = () => pick([[], [{ protocol: 'TCP', port: 8080 }], [{ protocol: 'TCP', port: 'metrics' }], [{ protocol: 'TCP', port: 8000, endPort: 8100 }, { protocol: 'UDP', port: 53 }]]);
  const peers = () => pick([
    () => [{ podSelector: select(app()) }],
    () => [{ podSelector: select(app()), namespaceSelector: select({ team: pick(teams) }) }],
    () => [{ namespaceSelector: select({}, [{ key: 'team', operator: 'In', values: [pick(teams), pick(teams)] }]), podSelector: select({}, [{ key: 'tier', operator: 'NotIn', values: ['data'] }]) }],
    () => [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }, { podSelector: select({ tier: 'web' }) }],
    () => [{ cidr: `10.${below(count) & 255}.0.0/16` }],
  ])();
  const rules = () => Array.from({ length: 1 + below(2) }, () => ({ peers: peers(), ports: ports() }));
  const policies = namespaces.flatMap(({ name: namespace }, place) => Array.from({ length: 5 }, (_, i) => {
    const isStrict = place % 4 === 0;
    if (i === 0) return { namespace, name: 'default-deny', podSelector: select({}), policyTypes: ['Ingress', ...(isStrict ? ['Egress'] : [])], ingress: [], egress: [] };
    const isBoth = isStrict || oneIn(4);
    return { namespace, name: `allow-${i}`, podSelector: select(oneIn(4) ? { tier: pick(['web', 'data']) } : app()), policyTypes: isBoth ? ['Ingress', 'Egress'] : ['Ingress'], ingress: rules(), egress: isBoth ? rules() : [] };
  }));

  const perNamespace = WORKLOADS_A_NAMESPACE * replicas;
  const endpoints = namespaces.flatMap(({ name: namespace }, place) => Array.from({ length: perNamespace }, (_, i) => {
    const workload = Math.floor(i / replicas);
    return {
      kind: 'Pod', namespace, name: `app-${workload}-${i}`, workload: { kind: 'Deployment', name: `app-${workload}` },
      labels: { app: `app-${workload}`, tier: ['web', 'logic', 'data'][workload % 3], 'app.kubernetes.io/part-of': namespace },
      ports: [{ port: 8080, protocol: 'TCP', name: 'http' }, { port: 9000 + (workload % 2), protocol: 'TCP', name: 'metrics' }], hostNetwork: false,
      addresses: [`10.${place & 255}.${(place >> 8) * 64 + (i >> 8)}.${i & 255}`], node: `node-${(place + i) % 300}`,
    };
  }));
  const nameOf = ({ namespace, name }) => `${namespace}/${name}`;
  const pair = () => {
    const to = below(endpoints.length);
    const from = oneIn(2) ? to - (to % perNamespace) + below(perNamespace) : below(endpoints.length);
    return { from: oneIn(20) ? '203.0.113.9' : nameOf(endpoints[from]), to: nameOf(endpoints[to]), port: pick([53, 80, 8050, 8080, 9000]), protocol: 'TCP' };
  };
  return { input: { endpoints, namespaces, policies }, pairs: (length) => Array.from({ length }, pair) };
}
