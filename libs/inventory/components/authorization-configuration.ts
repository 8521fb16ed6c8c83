import { InvalidObject, objectsAt, textAt } from '../projection/raw.js';
import { readDocument } from './config-fields.js';
import type { ConfigDocument, Readable } from './readable.js';

const versions = ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1', 'apiserver.config.k8s.io/v1alpha1'];

/** Types of the authorizers in the order in which they are asked: `Node`, `RBAC`, `Webhook`, `AlwaysAllow` … */
export const readAuthorizers = (document: ConfigDocument): Readable<readonly string[]> =>
  readDocument(document, 'AuthorizationConfiguration', versions, (raw) => {
    const types = objectsAt(raw, 'authorizers').map((authorizer) => textAt(authorizer, 'type') ?? '');
    // The server does not start without any, nor with one that has no type.
    if (types.length === 0 || types.includes('')) throw new InvalidObject('authorizers', 'a list of authorizers with types');
    return types;
  });
