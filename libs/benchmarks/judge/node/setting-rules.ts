import type { EffectiveKubelet } from '#inventory/components/effective-kubelet.js';
import { toldCommandLine } from '#inventory/components/kubelet-flags.js';
import { flagsOfFiles } from '#inventory/components/kubelet-settings.js';
import { flagzOfKubelet } from '#inventory/components/source-of-component.js';
import type { KubeletFacts, KubeletField, KubeletFlags } from '#inventory/facts.js';
import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { RuleOf } from '../../rules/rule.js';
import { holds, type ValueTest } from '../../rules/value-test.js';
import { collector, failsBy, passes, shownValue, unknownFor, type Finding } from '../finding.js';
import { testText } from '../test-text.js';
import type { NodeView } from './node-view.js';
import { judgeComponent, unreadable, whereOf } from './settings.js';
import type { Started } from './started.js';

/** Whether a test looks at the value itself, and not only whether there is one. */
const readsValue = ({ op }: ValueTest): boolean => op !== 'set' && op !== 'unset';

export const judgeFlag = (view: NodeView, { component, flag, is }: RuleOf<'flag'>): Finding =>
  judgeComponent(view, component, (started, version) => {
    if (readsValue(is) && started.withheld.includes(flag)) return unknownFor(`--${flag} of ${component}, whose value was withheld`, collector);
    const setting = view.settingsOf(started, version).setting(flag);
    if (setting.state === 'unreadable') return unreadable(setting);
    // kube-proxy that serves no metrics has nothing to reach.
    const isOff = component === 'kube-proxy' && flag === 'metrics-bind-address' && setting.value === '';
    return tested(setting.value, is, `--${flag}`, whereOf(setting.value, setting.from, `--${flag}`), isOff);
  });

function tested(value: unknown, is: ValueTest, name: string, where: Pick<Finding, 'found' | 'source' | 'at'>, isOff = false): Finding {
  return isOff || holds(is, value) ? passes(where) : failsBy(`${name} is ${value === '' || value === undefined ? 'not set' : shownValue(value)}, ${testText(is)}`, where);
}

const proxyFlags: Readonly<Record<string, string>> = { metricsBindAddress: 'metrics-bind-address', bindAddress: 'bind-address', enableProfiling: 'profiling' };

export function judgeKubeProxy(view: NodeView, { path, is }: RuleOf<'kube-proxy'>): Finding {
  const name = path.join('.');
  const flag = Object.hasOwn(proxyFlags, name) ? proxyFlags[name]! : undefined;
  if (flag === undefined) return unknownFor(`${name} of kube-proxy, which is not read`, collector);
  return judgeFlag(view, { kind: 'flag', component: 'kube-proxy', flag, is });
}

/** Settings of kubelets beside those that are worked out with all their layers, and their defaults since 1.27. */
const otherDefaults: Readonly<Record<string, { readonly value: unknown; readonly flag: string }>> = {
  kubeAPIQPS: { value: 50, flag: 'kube-api-qps' },
  imageGCHighThresholdPercent: { value: 85, flag: 'image-gc-high-threshold' },
  evictionHard: { value: { 'memory.available': '100Mi' }, flag: 'eviction-hard' },
};

export const judgeKubelet = (view: NodeView, { path, is }: RuleOf<'kubelet'>): Finding =>
  judgeComponent(view, 'kubelet', (started, version) => {
    const [key = '', gate] = path;
    const name = path.join('.');
    const settings = view.kubelet(started, version);
    if (Object.hasOwn(otherDefaults, key)) return otherSetting(view, started, version, key, is);
    if (key === 'featureGates' && gate !== undefined) {
      const gates = settings.featureGates;
      return gates.state === 'unreadable' ? unreadable(gates) : tested((gates.value as Readonly<Record<string, boolean>>)[gate], is, name, whereOf(gates.value, gates.from, name));
    }
    if (!Object.hasOwn(settings, name)) return unknownFor(`${name} of the kubelet, which is not read`, collector);
    const setting = settings[name as keyof EffectiveKubelet];
    return setting.state === 'unreadable' ? unreadable(setting) : tested(setting.value, is, name, whereOf(setting.value, setting.from, name));
  });

/** Of these only the last layer that names one is looked for. */
function otherSetting(view: NodeView, started: Started, version: MinorVersion, key: string, is: ValueTest): Finding {
  // Where any layer is unreadable, so is one that is worked out with all of them.
  const probe = view.kubelet(started, version).podPidsLimit;
  if (probe.state === 'unreadable') return unreadable(probe);
  if (isBefore(version, { major: 1, minor: 27 })) return unknownFor(`the default of ${key} before 1.27`, collector);
  const { value, flag } = otherDefaults[key]!;
  const given = started.args.some((word) => new RegExp(`^--${flag}(=|$)`).test(word.replaceAll('_', '-')));
  if (given) return unknownFor(`--${flag}, whose value is not read`, collector);
  const layers = [...view.kubeletDocuments(started, version)].toReversed();
  for (const { path, content } of layers) {
    const found = (content as Readonly<Record<string, unknown>>)[key];
    if (found !== undefined && found !== null) return tested(found, is, key, { found: shownValue(found), source: 'node', at: `${key} in ${path}` });
  }
  return tested(value, is, key, { found: shownValue(value), source: 'node', at: `default of ${key}` });
}

/** Settings that rules ask of what a kubelet itself says, by the fact that has each. What configz leaves out is false, but for a gate. */
const told = {
  eventRecordQPS: 'eventRecordQPS', rotateCertificates: 'rotateCertificates', serverTLSBootstrap: 'serverTLSBootstrap',
  'featureGates.RotateKubeletServerCertificate': 'rotateServerCertificate',
} as const satisfies Readonly<Record<string, KubeletField>>;

/** What a kubelet itself says of its settings; undefined where it does not say it. */
export function fromKubelet(facts: KubeletFacts, { path, is }: RuleOf<'kubelet'>): Finding | undefined {
  const name = path.join('.');
  if (!Object.hasOwn(told, name)) return undefined;
  const field = told[name as keyof typeof told];
  // Every whole answer has it, so that in one without it nothing that is left out means anything; flags say themselves what they leave open.
  if (facts.shownBy === undefined ? facts.eventRecordQPS === undefined : facts.unread?.[field] !== undefined) return undefined;
  const value = facts[field] ?? (field === 'rotateServerCertificate' ? undefined : false);
  const where = facts.shownBy === 'flagz' ? { source: facts.shownBy, at: `${facts.origins?.[field]} in ${flagzOfKubelet(facts.node)}` } : { source: 'configz', at: name } as const;
  return tested(value, is, name, { found: shownValue(value ?? 'not set'), ...where });
}

/** What a kubelet tells of a flag that no file has; undefined where it does not tell it. */
export function fromFlagz(flags: KubeletFlags, node: string, { flag, is }: RuleOf<'flag'>): Finding | undefined {
  if (flagsOfFiles.has(flag)) return undefined;
  const setting = toldCommandLine(flags, undefined).setting(flag);
  return setting.state === 'read' ? tested(setting.value, is, `--${flag}`, { found: shownValue(setting.value), source: 'flagz', at: `--${flag} in ${flagzOfKubelet(node)}` }) : undefined;
}
