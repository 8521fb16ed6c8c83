import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** A certificate for loopback, by the authority that the tests use: it is in no build, so it is compiled here. */
export async function loopbackCertificate() {
  const source = readFileSync(new URL('../libs/egress/testing/certificate-authority.ts', import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
  const { createAuthority } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  const authority = createAuthority();
  return { ca: authority.certificate, ...authority.issue('kube-apiserver', { names: ['localhost', '127.0.0.1'] }) };
}
