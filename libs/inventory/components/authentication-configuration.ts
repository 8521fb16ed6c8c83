import { flagAt, maybeObject, objectsAt, textAt } from '../projection/raw.js';
import { readDocument } from './config-fields.js';
import type { ConfigDocument, Readable } from './readable.js';

/** Structured authentication of the API server (staging/src/k8s.io/apiserver/pkg/apis/apiserver). */
export interface AuthenticationConfiguration {
  /** Absent where the file does not speak of anonymous requests: then the flag decides. */
  readonly anonymous?: {
    readonly enabled: boolean;
    /** Paths that anonymous requests are taken for; empty: all. */
    readonly paths: readonly string[];
  };
  /** Issuers of JWTs that are taken. */
  readonly jwt: number;
}

const versions = ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1', 'apiserver.config.k8s.io/v1alpha1'];

export const readAuthenticationConfiguration = (document: ConfigDocument): Readable<AuthenticationConfiguration> =>
  readDocument(document, 'AuthenticationConfiguration', versions, (raw) => {
    const anonymous = maybeObject(raw, 'anonymous');
    return {
      ...(anonymous && { anonymous: { enabled: flagAt(anonymous, 'enabled') ?? false, paths: objectsAt(anonymous, 'conditions').map((condition) => textAt(condition, 'path') ?? '') } }),
      jwt: objectsAt(raw, 'jwt').length,
    };
  });
