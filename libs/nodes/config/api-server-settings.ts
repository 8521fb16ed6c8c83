import type { AdmissionSettings, AuditSettings, AuthenticationSettings, AuthorizationSettings, EncryptionSettings } from '../config-facts.js';
import { ConfigError } from './config-error.js';
import { expectKind, listOf, mapOf, optionalText, optionalTexts, scalarAt, settingsOf, textAt, textsOf } from './fields.js';

const structured = ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1', 'apiserver.config.k8s.io/v1alpha1', 'apiserver.k8s.io/v1alpha1'];

export function authenticationSettings(document: unknown): AuthenticationSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'AuthenticationConfiguration', structured);
  const anonymous = root['anonymous'] === undefined || root['anonymous'] === null ? undefined : mapOf(root['anonymous'], 'anonymous');
  return {
    apiVersion,
    ...(anonymous && {
      anonymous: {
        ...(anonymous['enabled'] !== undefined && { enabled: scalarAt(anonymous['enabled'], 'anonymous.enabled') }),
        conditions: listOf(anonymous['conditions'], 'anonymous.conditions').map((condition) => textAt(mapOf(condition, 'an entry of anonymous.conditions')['path'], 'anonymous.conditions[].path')),
      },
    }),
    jwt: listOf(root['jwt'], 'jwt').map((authenticator) => {
      const issuer = mapOf(mapOf(authenticator, 'an entry of jwt')['issuer'], 'jwt[].issuer');
      return { issuer: textAt(issuer['url'], 'jwt[].issuer.url'), audiences: textsOf(issuer['audiences'], 'jwt[].issuer.audiences') };
    }),
  };
}

export function authorizationSettings(document: unknown): AuthorizationSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'AuthorizationConfiguration', structured);
  return {
    apiVersion,
    authorizers: listOf(root['authorizers'], 'authorizers').map((entry) => {
      const authorizer = mapOf(entry, 'an entry of authorizers');
      const name = optionalText(authorizer['name'], 'authorizers[].name');
      return { type: textAt(authorizer['type'], 'authorizers[].type'), ...(name !== undefined && { name }) };
    }),
  };
}

export function encryptionSettings(document: unknown): EncryptionSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'EncryptionConfiguration', ['apiserver.config.k8s.io/v1']);
  return {
    apiVersion,
    rules: listOf(root['resources'], 'resources').map((entry) => {
      const rule = mapOf(entry, 'an entry of resources');
      return {
        resources: textsOf(rule['resources'], 'resources[].resources'),
        providers: listOf(rule['providers'], 'resources[].providers').map(encryptionProvider),
      };
    }),
  };
}

function encryptionProvider(entry: unknown): EncryptionSettings['rules'][number]['providers'][number] {
  const providers = Object.entries(mapOf(entry, 'an entry of resources[].providers'));
  const [[provider, value] = ['', undefined]] = providers;
  if (providers.length !== 1) throw new ConfigError('An entry of resources[].providers is to name one provider.');
  // A provider name is taken only where it is one: what stands there is somebody's text beside key material.
  if (!['identity', 'aescbc', 'aesgcm', 'secretbox', 'kms'].includes(provider)) throw new ConfigError('An entry of resources[].providers names a provider that is not known.');
  const fields = mapOf(value, `resources[].providers[].${provider}`);
  const keyNames = listOf(fields['keys'], `resources[].providers[].${provider}.keys`).map((key) => textAt(mapOf(key, `an entry of ${provider}.keys`)['name'], `${provider}.keys[].name`));
  if (provider !== 'kms') return { provider, keyNames };
  const [apiVersion, name] = [optionalText(fields['apiVersion'], 'kms.apiVersion'), optionalText(fields['name'], 'kms.name')];
  return { provider, keyNames, kms: { ...(apiVersion !== undefined && { apiVersion }), ...(name !== undefined && { name }) } };
}

const ruleLists = { users: 'users', userGroups: 'userGroups', verbs: 'verbs', namespaces: 'namespaces', nonResourceURLs: 'nonResourceUrls', omitStages: 'omitStages' } as const;

export function auditSettings(document: unknown): AuditSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'Policy', ['audit.k8s.io/v1']);
  return {
    apiVersion,
    omitStages: textsOf(root['omitStages'], 'omitStages'),
    rules: listOf(root['rules'], 'rules').map((entry) => {
      const rule = mapOf(entry, 'an entry of rules');
      const lists = Object.fromEntries(Object.entries(ruleLists).flatMap(([key, name]) => {
        const list = optionalTexts(rule[key], `rules[].${key}`);
        return list === undefined ? [] : [[name, list] as const];
      }));
      return { level: textAt(rule['level'], 'rules[].level'), ...lists, ...(rule['resources'] !== undefined && rule['resources'] !== null && { resources: listOf(rule['resources'], 'rules[].resources').map(auditedResources) }) };
    }),
  };
}

function auditedResources(entry: unknown): NonNullable<AuditSettings['rules'][number]['resources']>[number] {
  const fields = mapOf(entry, 'an entry of rules[].resources');
  const resourceNames = optionalTexts(fields['resourceNames'], 'rules[].resources[].resourceNames');
  return {
    group: optionalText(fields['group'], 'rules[].resources[].group') ?? '',
    resources: textsOf(fields['resources'], 'rules[].resources[].resources'),
    ...(resourceNames && { resourceNames }),
  };
}

/** Of embedded configurations only these are read: what others hold may be anything. */
const pluginKeys: Readonly<Record<string, readonly string[]>> = {
  PodSecurityConfiguration: ['defaults.*', 'exemptions.usernames', 'exemptions.runtimeClasses', 'exemptions.namespaces'],
};

export function admissionSettings(document: unknown): AdmissionSettings {
  const root = mapOf(document, 'The file');
  const apiVersion = expectKind(root, 'AdmissionConfiguration', ['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1alpha1', 'apiserver.k8s.io/v1alpha1']);
  return {
    apiVersion,
    plugins: listOf(root['plugins'], 'plugins').map((entry) => {
      const plugin = mapOf(entry, 'an entry of plugins');
      const configuration = mapOf(plugin['configuration'], 'plugins[].configuration');
      const [path, kind] = [optionalText(plugin['path'], 'plugins[].path'), optionalText(configuration['kind'], 'plugins[].configuration.kind')];
      const keys = kind !== undefined && Object.hasOwn(pluginKeys, kind) ? pluginKeys[kind]! : [];
      // Relative paths are taken from the file's own directory, which is not known here: they stay out.
      return { name: textAt(plugin['name'], 'plugins[].name'), ...(path?.startsWith('/') === true && { path }), ...(kind !== undefined && { kind }), settings: settingsOf(configuration, keys) };
    }),
  };
}
