/** Names that Go had before it used those of IANA. */
const otherNames: ReadonlyMap<string, string> = new Map(['ECDSA', 'RSA'].map((key) => [`TLS_ECDHE_${key}_WITH_CHACHA20_POLY1305`, `TLS_ECDHE_${key}_WITH_CHACHA20_POLY1305_SHA256`]));

const nameOf = (suite: string): string => otherNames.get(suite) ?? suite;

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const forwardSecret = ['ECDSA', 'RSA'].flatMap((key) => ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256'].map((cipher) => `TLS_ECDHE_${key}_WITH_${cipher}`));

/** Suites of CIS Kubernetes 1.12 for the API server (1.2.29) and the kubelet (4.2.12), either name of each. */
export const strongSuites112 = {
  'kube-apiserver': new Set([...tls13, ...forwardSecret]),
  // Its list has none of TLS 1.3, which cannot be chosen and are all strong.
  kubelet: new Set([...tls13, ...forwardSecret]),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

/** Suites of a list that an allowed set does not have, as they are written. */
export const suitesOutside = (suites: readonly string[], allowed: ReadonlySet<string>): readonly string[] => suites.filter((suite) => !allowed.has(nameOf(suite)));
