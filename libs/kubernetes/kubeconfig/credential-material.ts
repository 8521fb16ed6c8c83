import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import type { KubeconfigProblemType } from './kubeconfig-error.js';

/** What a check found, or what to do about it. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly type: KubeconfigProblemType; readonly detail: string };

interface PemBlock {
  readonly label: string;
  readonly text: string;
}

const mostCertificates = 100;

/** Base64 of a PEM bundle of certificates; the value is that bundle without anything between its blocks. */
export function checkCertificates(base64: string): Checked<{ readonly pem: string; readonly first: X509Certificate }> {
  const blocks = pemBlocks(base64);
  if (blocks === undefined)
    return bad('kubeconfig-bad-certificate', 'This is not base64 of PEM text; take it from kubectl config view --raw --flatten.');
  if (blocks.length > mostCertificates)
    return bad('kubeconfig-bad-certificate', `More than ${mostCertificates} certificates; give those of this cluster only.`);
  if (blocks.some(({ label }) => label !== 'CERTIFICATE')) {
    return bad('kubeconfig-bad-certificate', 'Something else than a certificate is in here; give CERTIFICATE blocks only.');
  }
  const certificates = blocks.map(({ text }) => readCertificate(text));
  const readable = certificates.filter((certificate) => certificate !== undefined);
  const [first] = readable;
  if (first === undefined || readable.length !== certificates.length)
    return bad('kubeconfig-bad-certificate', 'A certificate in here cannot be read; it is damaged.');
  return { ok: true, value: { pem: readable.map(String).join(''), first } };
}

/** Base64 of one unencrypted PEM private key that belongs to `certificate`; the value is that key as PKCS#8. */
export function checkPrivateKey(base64: string, certificate: X509Certificate | undefined): Checked<string> {
  // OpenSSL writes the curve in a block of its own before an EC key.
  const blocks = pemBlocks(base64)?.filter(({ label }) => label !== 'EC PARAMETERS');
  const [block] = blocks ?? [];
  if (block === undefined || blocks?.length !== 1 || !block.label.endsWith('PRIVATE KEY')) {
    return bad('kubeconfig-bad-key', 'This is not base64 of one PEM private key; take it from kubectl config view --raw --flatten.');
  }
  if (block.label.startsWith('ENCRYPTED') || block.text.includes('Proc-Type:')) {
    return bad('kubeconfig-bad-key', 'The key is encrypted and there is no way to ask for its password; give it decrypted.');
  }
  const key = readPrivateKey(block.text);
  if (key === undefined) return bad('kubeconfig-bad-key', 'The key cannot be read; it is damaged or of an unknown kind.');
  if (certificate !== undefined && !certificate.checkPrivateKey(key)) {
    return bad('kubeconfig-key-mismatch', 'The key does not belong to the client certificate; give the pair.');
  }
  return { ok: true, value: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** At least one block, or `undefined`. By index, not by a pattern: a thousand BEGIN without END must stay linear. */
function pemBlocks(base64: string): readonly PemBlock[] | undefined {
  const compact = base64.replace(/[\r\n\t ]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const text = Buffer.from(compact, 'base64').toString('latin1');

  const blocks: PemBlock[] = [];
  for (let begin = text.indexOf('-----BEGIN '); begin >= 0;) {
    const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text.slice(begin, begin + 60))?.[1];
    const close = `-----END ${label}-----`;
    const end = text.indexOf('-----END ', begin);
    const next = text.indexOf('-----BEGIN ', begin + 1);
    if (label === undefined || end < 0 || !text.startsWith(close, end) || (next >= 0 && next < end)) return undefined;
    blocks.push({ label, text: `${text.slice(begin, end)}${close}\n` });
    begin = next;
  }
  return blocks.length > 0 ? blocks : undefined;
}

function bad(
  type: KubeconfigProblemType,
  detail: string,
): { readonly ok: false; readonly type: KubeconfigProblemType; readonly detail: string } {
  return { ok: false, type, detail };
}
