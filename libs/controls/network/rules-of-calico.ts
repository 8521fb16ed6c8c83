import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { everyPort, isEverybody, portsOf, short, someone, type OpenableRule, type PortSpan, type RulePeers, type RulePorts } from './policy-rules.js';
import { calicoDirections } from './isolation-calico.js';
import type { Direction } from './isolation.js';

const isSet = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== null && value !== '');

const isAll = (value: unknown): boolean => typeof value === 'string' && value.replace(/\s/g, '') === 'all()';

/** What narrows the other side of a rule, beside its addresses and selectors. */
const narrowing = ['notSelector', 'serviceAccounts', 'services', 'domains'];

const texts = (value: unknown): readonly string[] => asList(value).filter((item) => typeof item === 'string');

function peersOf(entity: UnknownRecord, isGlobal: boolean): RulePeers {
  if (narrowing.some((field) => isSet(entity[field]))) return someone;
  const { selector, namespaceSelector, nets, notNets } = entity;
  const isSelective = isSet(selector) || isSet(namespaceSelector);
  if (isSet(nets) || isSet(notNets)) {
    const except = texts(notNets);
    const block = isSelective ? undefined : isEverybody((isSet(nets) ? texts(nets) : ['0.0.0.0/0', '::/0']).map((cidr) => ({ cidr, except })));
    return block === undefined ? someone : { are: 'everybody', by: `it names ${block}` };
  }
  if (!isSelective) return { are: 'everybody', by: 'it names no peers' };
  // Without a namespaceSelector a namespace's policy means its own namespace.
  const isOfAll = (!isSet(selector) || isAll(selector)) && (isSet(namespaceSelector) ? isAll(namespaceSelector) : isGlobal);
  return isOfAll ? { are: 'every-pod', by: 'its selectors are all()' } : someone;
}

function portsOfRule(rule: UnknownRecord): RulePorts {
  const destination = asRecord(rule['destination']);
  const { protocol } = rule;
  const protocolText = typeof protocol === 'string' || typeof protocol === 'number' ? short(String(protocol)) : undefined;
  const ports = asList(destination['ports']);
  if (isSet(destination['notPorts']) || isSet(rule['icmp'])) return { are: 'some', text: 'all but some ports' };
  if (ports.length === 0) return protocolText === undefined ? everyPort : /^(?:tcp|udp)$/i.test(protocolText) ? { are: 'every', of: protocolText } : { are: 'some', text: protocolText };
  const spans: PortSpan[] = [];
  const names: string[] = [];
  for (const port of ports) {
    const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(String(port));
    if (match) spans.push({ protocol: protocolText ?? 'TCP', first: Number(match[1]), last: Number(match[2] ?? match[1]) });
    else if (typeof port === 'string') names.push(port);
  }
  return portsOf(spans, names);
}

/** Rules of a direction that allow; undefined where the policy is not about it. */
export function rulesOfCalico(policy: CustomFacts, direction: Direction, isGlobal: boolean): readonly OpenableRule[] | undefined {
  const spec = asRecord(policy.spec);
  if (!calicoDirections(spec).includes(direction)) return undefined;
  const [field, side] = direction === 'Ingress' ? ['ingress', 'source'] : ['egress', 'destination'];
  return asList(spec[field]).flatMap((item, index) => {
    const rule = asRecord(item);
    return rule['action'] === 'Allow' ? [{ place: index + 1, peers: peersOf(asRecord(rule[side]), isGlobal), ports: portsOfRule(rule) }] : [];
  });
}
