import type { KubeletFacts } from '../facts.js';
import type { Observed } from '../observed.js';
import { set, type Mutable } from './optional.js';
import { asObject, flagAt, InvalidObject, numberAt, objectAt, stringsAt, textAt } from './raw.js';

/** Go knows fewer than thirty. */
const mostSuites = 64;

/** Reads `/configz`: `{ kubeletconfig: {...} }` with every default filled in by the kubelet itself. */
export function projectKubelet(node: string, value: unknown): Observed<KubeletFacts> {
  try {
    const config = objectAt(asObject(value, 'configz'), 'kubeletconfig');
    const authentication = objectAt(config, 'authentication');
    if (!Object.hasOwn(config, 'authentication')) throw new InvalidObject('kubeletconfig.authentication', 'there');
    const facts: Mutable<KubeletFacts> = { node };
    set(facts, 'anonymousAuth', flagAt(objectAt(authentication, 'anonymous'), 'enabled'));
    set(facts, 'webhookAuthn', flagAt(objectAt(authentication, 'webhook'), 'enabled'));
    set(facts, 'clientCAFile', textAt(objectAt(authentication, 'x509'), 'clientCAFile'));
    set(facts, 'authorizationMode', textAt(objectAt(config, 'authorization'), 'mode'));
    set(facts, 'readOnlyPort', numberAt(config, 'readOnlyPort'));
    set(facts, 'debuggingHandlers', flagAt(config, 'enableDebuggingHandlers'));
    set(facts, 'protectKernelDefaults', flagAt(config, 'protectKernelDefaults'));
    set(facts, 'rotateCertificates', flagAt(config, 'rotateCertificates'));
    set(facts, 'serverTLSBootstrap', flagAt(config, 'serverTLSBootstrap'));
    set(facts, 'rotateServerCertificate', flagAt(objectAt(config, 'featureGates'), 'RotateKubeletServerCertificate'));
    set(facts, 'tlsCertFile', textAt(config, 'tlsCertFile'));
    set(facts, 'tlsMinVersion', textAt(config, 'tlsMinVersion'));
    const suites = stringsAt(config, 'tlsCipherSuites');
    if (suites.length > 0) facts.tlsCipherSuites = suites.slice(0, mostSuites);
    set(facts, 'eventRecordQPS', numberAt(config, 'eventRecordQPS'));
    set(facts, 'streamingConnectionIdleTimeout', textAt(config, 'streamingConnectionIdleTimeout'));
    set(facts, 'makeIPTablesUtilChains', flagAt(config, 'makeIPTablesUtilChains'));
    set(facts, 'seccompDefault', flagAt(config, 'seccompDefault'));
    set(facts, 'podPidsLimit', numberAt(config, 'podPidsLimit'));
    return { state: 'observed', value: facts };
  } catch (error) {
    if (!(error instanceof InvalidObject)) throw error;
    return { state: 'missing', reason: 'invalid', detail: `the kubelet's configz answer: ${error.message}` };
  }
}
