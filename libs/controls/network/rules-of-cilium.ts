import type { CustomFacts } from '#inventory/facts.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { Direction } from './isolation.js';
import { everyPort, isEverybody, portsOf, someone, type OpenableRule, type PortSpan, type RulePeers, type RulePorts } from './policy-rules.js';

const texts = (value: unknown): readonly string[] => asList(value).filter((item) => typeof item === 'string');

/** An empty selector in a namespace's policy means its own namespace, in one of the cluster every pod. */
function peersOf(rule: UnknownRecord, prefix: 'from' | 'to', isGlobal: boolean): RulePeers | undefined {
  const names = Object.keys(rule).filter((field) => field.startsWith(prefix) && field !== 'toPorts');
  // By no peers at all it allows nothing, unless it names ports.
  if (names.length === 0) return asList(rule['toPorts']).length > 0 ? { are: 'everybody', by: 'it names no peers' } : undefined;
  const entities = texts(rule[`${prefix}Entities`]);
  const wide = entities.find((entity) => entity === 'all' || entity === 'world');
  if (wide !== undefined) return { are: 'everybody', by: `it names the entity ${wide}` };
  const sets = asList(rule[`${prefix}CIDRSet`]).map((item) => asRecord(item)).filter(({ cidr }) => typeof cidr === 'string');
  const block = isEverybody([...texts(rule[`${prefix}CIDR`]).map((cidr) => ({ cidr })), ...sets.map(({ cidr, except }) => ({ cidr: cidr as string, except: texts(except) }))]);
  if (block !== undefined) return { are: 'everybody', by: `it names ${block}` };
  if (entities.includes('cluster')) return { are: 'every-pod', by: 'it names the entity cluster' };
  const selectors = asList(rule[`${prefix}Endpoints`]).map(looseSelector);
  return isGlobal && selectors.some((selector) => selector && selectsAll(selector)) ? { are: 'every-pod', by: 'its endpoint selector is empty' } : someone;
}

function portsOfRule(rule: UnknownRecord): RulePorts {
  if (asList(rule['icmps']).length > 0) return { are: 'some', text: 'ICMP' };
  const lists = asList(rule['toPorts']);
  if (lists.length === 0) return everyPort;
  const spans: PortSpan[] = [];
  const names: string[] = [];
  for (const list of lists) {
    const ports = asList(asRecord(list)['ports']);
    if (ports.length === 0) return everyPort;
    for (const item of ports) {
      const { port, endPort, protocol } = asRecord(item);
      const number = Number(port);
      const of = typeof protocol === 'string' ? protocol : 'ANY';
      if (number === 0) spans.push({ protocol: of, first: 1, last: 65_535 });
      else if (Number.isInteger(number)) spans.push({ protocol: of, first: number, last: typeof endPort === 'number' && endPort > number ? endPort : number });
      else if (typeof port === 'string') names.push(port);
    }
  }
  return portsOf(spans, names);
}

/** Rules of a direction that allow, of all of a policy's specs; undefined where it is not about it. */
export function rulesOfCilium(policy: CustomFacts, direction: Direction, isGlobal: boolean): readonly OpenableRule[] | undefined {
  const [field, prefix] = direction === 'Ingress' ? (['ingress', 'from'] as const) : (['egress', 'to'] as const);
  const specs = [policy.spec, ...(policy.specs ?? [])].map(asRecord).filter((spec) => spec['nodeSelector'] === undefined && (asList(spec[field]).length > 0 || asList(spec[`${field}Deny`]).length > 0));
  if (specs.length === 0) return undefined;
  return specs.flatMap((spec) => asList(spec[field]).flatMap((item, index) => {
    const rule = asRecord(item);
    const peers = peersOf(rule, prefix, isGlobal);
    return peers ? [{ place: index + 1, peers, ports: portsOfRule(rule) }] : [];
  }));
}
