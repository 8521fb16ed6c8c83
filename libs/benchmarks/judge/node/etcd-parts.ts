import { hostOf } from '#controls/control-plane/etcd-settings.js';
import { isLoopback } from '#controls/control-plane/loopback.js';
import { combine, doesNotApply, type Finding } from '../finding.js';
import { judgeAuthorities } from './authority-rule.js';
import { byFlags, isSwitched, named, type PartRule, type Settings } from './part-rule.js';
import type { Started } from './started.js';

const tls = 'control-plane/etcd-mutual-tls';

const etcd = (judge: (setting: Settings) => Finding): PartRule => byFlags('etcd', judge);

/** What concerns peers says nothing of an etcd that certainly has none. */
const ofPeers = (judge: (setting: Settings) => Finding): PartRule => ({
  component: 'etcd',
  judge: (view, started, version) => {
    const { setting } = view.etcd(started, version);
    return isAlone(started, setting) ? doesNotApply('etcd has one member, which listens for peers on loopback alone', { source: 'flags', at: '--listen-peer-urls' }) : judge(setting);
  },
});

/** One member is named, and no other could reach it. A file or the environment may say otherwise. */
function isAlone(started: Started, setting: Settings): boolean {
  const urls = setting('listen-peer-urls');
  const configFile = setting('config-file');
  if (urls.state === 'unreadable' || configFile.state === 'unreadable' || configFile.value !== '') return false;
  const cluster = initialCluster(started);
  const members = new Set(cluster.split(',').filter((member) => member !== '').map((member) => member.split('=')[0]));
  return members.size === 1 && (urls.value as readonly string[]).every((url) => isLoopback(hostOf(url)));
}

function initialCluster({ args, environment }: Started): string {
  for (let at = args.length - 1; at >= 0; at--) {
    const [, value] = /^--?initial-cluster(?:=(.*))?$/.exec(args[at]!) ?? [];
    if (value !== undefined) return value;
    if (/^--?initial-cluster$/.test(args[at]!)) return args[at + 1] ?? '';
  }
  return environment['ETCD_INITIAL_CLUSTER'] ?? '';
}

const certificate = (prefix: string) => (setting: Settings): Finding => named(setting, [`${prefix}cert-file`, `${prefix}key-file`], `etcd has no certificate of its own for ${prefix === '' ? 'client' : 'peer'}s`);
const clientAuth = (prefix: string) => (setting: Settings): Finding => isSwitched(setting, `${prefix}client-cert-auth`, true, `nothing says that a ${prefix === '' ? 'client' : 'peer'} must show a certificate`);
const autoTls = (prefix: string) => (setting: Settings): Finding => isSwitched(setting, `${prefix}auto-tls`, false, `etcd makes a certificate for itself that no ${prefix === '' ? 'client' : 'peer'} can check`);

export const etcdParts: Readonly<Record<string, PartRule>> = {
  [`${tls}#certificate`]: etcd(certificate('')), [`${tls}#client-auth`]: etcd(clientAuth('')), [`${tls}#auto-tls`]: etcd(autoTls('')),
  [`${tls}#peer-certificate`]: ofPeers(certificate('peer-')), [`${tls}#peer-client-auth`]: ofPeers(clientAuth('peer-')), [`${tls}#peer-auto-tls`]: ofPeers(autoTls('peer-')),
  'control-plane/etcd-exposure#authority': {
    component: 'etcd',
    judge: (view, started, version) => combine('all', [
      named(view.etcd(started, version).setting, ['trusted-ca-file'], 'etcd is given no authority to check clients with'),
      judgeAuthorities(view, { kind: 'authorities-differ', one: 'etcd-client-ca', other: 'api-server-client-ca' }),
    ]),
  },
};
