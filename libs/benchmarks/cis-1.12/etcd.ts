import type { Assessment, ControlAnswer } from '../benchmark.js';
import { byControls, flagsOf, type ControlName, type ItemSpec, type SectionSpec } from '../item-spec.js';
import type { Remedy } from '../remedies/remedy.js';
import { all, type Rule } from '../rules/rule.js';
import { equal, isSet, notEqual, type ValueTest } from '../rules/value-test.js';

type Flags = Omit<Extract<Remedy, { kind: 'flags' }>, 'kind' | 'component'>;

/**
 * What the file that --config-file names must have: with it, etcd ignores every flag.
 * `noFile`: why no file means no etcd; undefined where it may take flags instead.
 */
export function etcdFileRules(noFile?: string) {
  const inFile = (side: 'client' | 'peer', key: string, is: ValueTest): Rule =>
    ({ kind: 'config-file', file: 'etcd-config', path: [`${side}-transport-security`, key], is, ...(noFile !== undefined && { noFile }) });
  const ofSide = (side: 'client' | 'peer') => ({
    certificate: all(inFile(side, 'cert-file', isSet), inFile(side, 'key-file', isSet)),
    clientAuth: inFile(side, 'client-cert-auth', equal(true)),
    autoTls: inFile(side, 'auto-tls', notEqual(true)),
  });
  return { client: ofSide('client'), peer: ofSide('peer'), authority: all(inFile('client', 'trusted-ca-file', isSet), etcdHasOwnAuthority) };
}

export const etcdHasOwnAuthority: Rule = { kind: 'authorities-differ', one: 'etcd-client-ca', other: 'api-server-client-ca' };

const file = etcdFileRules();

const item = (id: string, title: string, answer: ControlName, flags: Flags, otherwise: Rule, assessment: Assessment = 'automated'): ItemSpec =>
  byControls(id, title, [answer], { assessment, target: 'etcd', evidence: flagsOf('etcd'), otherwise, remedy: { kind: 'flags', component: 'etcd', ...flags } });

export const etcd: SectionSpec = {
  id: '2', title: 'etcd',
  items: [
    item('2.1', 'etcd client endpoint uses an explicit server certificate and key', 'control-plane/etcd-mutual-tls#certificate', { set: { 'cert-file': '<file>', 'key-file': '<file>' } }, file.client.certificate),
    item('2.2', 'etcd requires client certificates', 'control-plane/etcd-mutual-tls#client-auth', { set: { 'client-cert-auth': true } }, file.client.clientAuth),
    item('2.3', 'etcd does not self-sign client TLS', 'control-plane/etcd-mutual-tls#auto-tls', { remove: ['auto-tls'] }, file.client.autoTls),
    item('2.4', 'etcd peer traffic uses an explicit certificate and key', 'control-plane/etcd-mutual-tls#peer-certificate', { set: { 'peer-cert-file': '<file>', 'peer-key-file': '<file>' } }, file.peer.certificate),
    item('2.5', 'etcd requires peer client certificates', 'control-plane/etcd-mutual-tls#peer-client-auth', { set: { 'peer-client-cert-auth': true } }, file.peer.clientAuth),
    item('2.6', 'etcd does not self-sign peer TLS', 'control-plane/etcd-mutual-tls#peer-auto-tls', { remove: ['peer-auto-tls'] }, file.peer.autoTls),
    item('2.7', 'etcd trusts a CA that is not the cluster CA', 'control-plane/etcd-exposure#authority', { set: { 'trusted-ca-file': '<file>' }, note: 'The file has a CA that signs for etcd alone, not the one that --client-ca-file of the API server names.' },
      etcdHasOwnAuthority, 'manual'),
  ],
};

/** What controls say of etcd they say of any, however it is configured. @throws where there is no such item. */
export function controlsOfEtcd(id: string): readonly ControlAnswer[] {
  const answers = etcd.items.find((one) => one.id === id)?.answeredBy;
  if (!answers) throw new RangeError(`no control answers ${id}`);
  return answers;
}
