import { readAuditPolicy } from '#inventory/components/audit-policy.js';
import { readAuthenticationConfiguration } from '#inventory/components/authentication-configuration.js';
import { readAuthorizers } from '#inventory/components/authorization-configuration.js';
import { readEncryptionConfiguration } from '#inventory/components/encryption-configuration.js';
import type { ConfigDocument, Readable } from '#inventory/components/readable.js';
import type { AdmissionFile, ComponentFile, ComponentFiles } from '#inventory/node-facts.js';
import type { Observed } from '#inventory/observed.js';
import type { AdmissionSettings, ConfigContents } from '../config-facts.js';
import type { NodeEvidence } from '../node-evidence.js';
import { configFact, missing } from './document.js';

/** What the file that a flag names says, at its path on the node. The readers are those of the components' own documents. */
export const fileContents: { readonly [F in ComponentFile]: (evidence: NodeEvidence, path: string) => NonNullable<ComponentFiles[F]> } = {
  'authentication-config': (evidence, path) =>
    configFact(evidence, 'authentication', path, ({ apiVersion, anonymous, jwt }) => observed(readAuthenticationConfiguration({
      path,
      content: { apiVersion, kind: 'AuthenticationConfiguration', ...(anonymous && { anonymous: { ...anonymous, conditions: anonymous.conditions.map((condition) => ({ path: condition })) } }), jwt },
    }))),
  'authorization-config': (evidence, path) =>
    configFact(evidence, 'authorization', path, ({ apiVersion, authorizers }) => observed(readAuthorizers({ path, content: { apiVersion, kind: 'AuthorizationConfiguration', authorizers } }))),
  'encryption-provider-config': (evidence, path) =>
    configFact(evidence, 'encryption', path, (settings) => observed(readEncryptionConfiguration(encryptionDocument(path, settings)))),
  'audit-policy-file': (evidence, path) => configFact(evidence, 'audit', path, (settings) => observed(readAuditPolicy(auditDocument(path, settings)))),
  'admission-control-config-file': (evidence, path) => configFact(evidence, 'admission', path, (settings) => ({ state: 'observed', value: admissionFile(settings) })),
};

const observed = <T>(read: Readable<T>): Observed<T> => (read.state === 'read' ? { state: 'observed', value: read.value } : missing('invalid', read.detail));

const encryptionDocument = (path: string, { apiVersion, rules }: ConfigContents['encryption']): ConfigDocument => ({
  path,
  content: {
    apiVersion, kind: 'EncryptionConfiguration',
    resources: rules.map(({ resources, providers }) => ({ resources, providers: providers.map(({ provider, kms }) => ({ [provider]: kms?.apiVersion === undefined ? {} : { apiVersion: kms.apiVersion } })) })),
  },
});

const auditDocument = (path: string, { apiVersion, rules }: ConfigContents['audit']): ConfigDocument => ({
  path,
  content: { apiVersion, kind: 'Policy', rules: rules.map(({ nonResourceUrls, ...rule }) => ({ ...rule, ...(nonResourceUrls && { nonResourceURLs: nonResourceUrls }) })) },
});

function admissionFile({ plugins }: AdmissionSettings): AdmissionFile {
  const podSecurity = plugins.find(({ name }) => name === 'PodSecurity');
  return { plugins: plugins.map(({ name }) => name), ...(podSecurity && { podSecurity: exemptionsOf(podSecurity) }) };
}

function exemptionsOf({ kind, path, settings }: AdmissionSettings['plugins'][number]): NonNullable<AdmissionFile['podSecurity']> {
  if (kind !== 'PodSecurityConfiguration') {
    return missing('not-requested', path === undefined ? 'the plugin\'s configuration is no PodSecurityConfiguration that is read' : `exemptions are in ${path}, which the AdmissionConfiguration names and which is not read`);
  }
  const listed = (key: string): readonly string[] | undefined => {
    const value = settings.find((setting) => setting.key === `exemptions.${key}`)?.value ?? [];
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  };
  const [usernames, runtimeClasses, namespaces] = [listed('usernames'), listed('runtimeClasses'), listed('namespaces')];
  if (!usernames || !runtimeClasses || !namespaces) return missing('invalid', 'the exemptions of PodSecurity are no lists of names');
  return { state: 'observed', value: { usernames, runtimeClasses, namespaces } };
}
