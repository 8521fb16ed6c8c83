import type { EffectiveKubelet } from '#inventory/components/effective-kubelet.js';
import type { SettingValue } from '#inventory/components/flag-definitions.js';
import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import { combine, doesNotApply, type Finding } from '../finding.js';
import type { PartRule } from './part-rule.js';
import { judgeSetting } from './settings.js';
import { judgeSuites } from './suites.js';

type Key = keyof EffectiveKubelet;

const kubelet = (judge: (settings: EffectiveKubelet, version: MinorVersion) => Finding): PartRule => ({ component: 'kubelet', judge: (view, started, version) => judge(view.kubelet(started, version), version) });

const setting = (key: Key, isRight: (value: SettingValue) => boolean, message: string): PartRule => kubelet((settings) => judgeSetting(settings[key], key, isRight, message));

/** A kubelet without a certificate makes one for itself, and signs it. */
const isSelfSigned = (value: SettingValue): boolean => value === '' || /(^|\/)pki\/kubelet\.crt$/.test(String(value));

function judgeServing(settings: EffectiveKubelet): Finding {
  const message = 'the kubelet serves with a certificate that it signed itself: nobody can check that it is this node to which commands and credentials go';
  return combine('any', [
    judgeSetting(settings.serverTLSBootstrap, 'serverTLSBootstrap', (value) => value === true, message),
    judgeSetting(settings.tlsCertFile, 'tlsCertFile', (value) => !isSelfSigned(value), message),
  ]);
}

const hardening = 'control-plane/kubelet-hardening';

export const kubeletParts: Readonly<Record<string, PartRule>> = {
  'control-plane/kubelet-authn#anonymous': setting('authentication.anonymous.enabled', (value) => value === false, 'the kubelet takes requests without any credential'),
  'control-plane/kubelet-authn#client-ca': setting('authentication.x509.clientCAFile', (value) => value !== '', 'the kubelet has no CA to check client certificates with'),
  'control-plane/kubelet-authz': setting('authorization.mode', (value) => value !== 'AlwaysAllow', 'the kubelet lets every caller that it knows do everything'),
  'control-plane/kubelet-ports#read-only': setting('readOnlyPort', (value) => value === 0, 'the kubelet answers everybody on its read-only port'),
  [`${hardening}#streaming-timeout`]: kubelet((settings, version) => {
    if (!isBefore(version, { major: 1, minor: 34 })) return doesNotApply('kubelets from 1.34 on leave streams to the container runtime');
    return judgeSetting(settings.streamingConnectionIdleTimeout, 'streamingConnectionIdleTimeout', (value) => (value as number) > 0, 'the kubelet never closes streams that are idle');
  }),
  [`${hardening}#iptables`]: setting('makeIPTablesUtilChains', (value) => value === true, 'the kubelet does not keep the firewall chains that others rely on'),
  [`${hardening}#serving-certificate`]: kubelet(judgeServing),
  [`${hardening}#client-rotation`]: setting('rotateCertificates', (value) => value === true, 'the kubelet does not renew the certificate that it signs in with'),
  [`${hardening}#serving-rotation`]: setting('featureGates', (value) => (value as Readonly<Record<string, boolean>>)['RotateKubeletServerCertificate'] !== false, 'the gate RotateKubeletServerCertificate is switched off: the serving certificate runs out'),
  [`${hardening}#cipher-suites`]: kubelet((settings, version) => judgeSuites('the kubelet', { name: 'tlsCipherSuites', setting: settings.tlsCipherSuites }, { name: 'tlsMinVersion', setting: settings.tlsMinVersion }, version)),
  [`${hardening}#pids-limit`]: setting('podPidsLimit', (value) => (value as number) > 0, 'one pod may take all processes of the node'),
  [`${hardening}#seccomp-default`]: setting('seccompDefault', (value) => value === true, 'containers run without a seccomp profile unless they ask for one'),
};
