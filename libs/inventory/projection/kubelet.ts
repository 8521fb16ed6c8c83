import type { KubeletFacts } from '../facts.js';
import type { Observed } from '../observed.js';
import { defined } from './pod-template.js';
import { asObject, flagAt, InvalidObject, numberAt, objectAt, textAt } from './raw.js';

/** Reads `/configz`: `{ kubeletconfig: {...} }` with every default filled in by the kubelet itself. */
export function projectKubelet(node: string, value: unknown): Observed<KubeletFacts> {
  try {
    const config = objectAt(asObject(value, 'configz'), 'kubeletconfig');
    const authentication = objectAt(config, 'authentication');
    if (!Object.hasOwn(config, 'authentication')) throw new InvalidObject('kubeletconfig.authentication', 'there');
    return {
      state: 'observed',
      value: {
        node,
        ...defined('anonymousAuth', flagAt(objectAt(authentication, 'anonymous'), 'enabled')),
        ...defined('webhookAuthn', flagAt(objectAt(authentication, 'webhook'), 'enabled')),
        ...defined('clientCAFile', textAt(objectAt(authentication, 'x509'), 'clientCAFile')),
        ...defined('authorizationMode', textAt(objectAt(config, 'authorization'), 'mode')),
        ...defined('readOnlyPort', numberAt(config, 'readOnlyPort')),
      },
    };
  } catch (error) {
    if (!(error instanceof InvalidObject)) throw error;
    return { state: 'missing', reason: 'invalid', detail: `the kubelet's configz answer: ${error.message}` };
  }
}
