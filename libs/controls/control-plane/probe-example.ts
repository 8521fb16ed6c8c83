import type { CertificateFacts, ProbeFacts } from '#inventory/facts.js';

export const servingCertificate: CertificateFacts = { role: 'server', subject: 'kube-apiserver', notBefore: '2026-09-01T00:00:00.000Z', notAfter: '2027-09-01T00:00:00.000Z', keyType: 'rsa', keyBits: 2048, signature: 'SHA256-RSA' };
export const clusterAuthority: CertificateFacts = { role: 'authority', subject: 'kubernetes', notBefore: '2024-09-01T00:00:00.000Z', notAfter: '2034-09-01T00:00:00.000Z', keyType: 'rsa', keyBits: 2048 };

/** What a server of kubeadm shows. */
export const goodProbe = {
  tls: { address: 'private', version: 'TLSv1.3', publicAddresses: [], certificates: [servingCertificate, clusterAuthority] },
  acceptsOutdatedTls: false,
  anonymous: { version: 200, health: 200, namespaces: 403 },
} as const satisfies ProbeFacts;
