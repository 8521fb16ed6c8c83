import type { MinorVersion } from '../readers/minor-version.js';
import { admissionPlugin } from './admission-plugins.js';
import { readAuditPolicy, type AuditRule } from './audit-policy.js';
import { readAuthenticationConfiguration } from './authentication-configuration.js';
import { readAuthorizers } from './authorization-configuration.js';
import { componentFlags } from './component-flags.js';
import { readEncryptionConfiguration, writerOf, type EncryptedResources, type EncryptionProvider } from './encryption-configuration.js';
import type { SettingValue } from './flag-definitions.js';
import { unreadable, type ConfigDocument, type Origin, type Readable, type Setting } from './readable.js';

export interface ApiServerInput {
  /** Arguments behind the program. */
  readonly args: readonly string[];
  readonly version: MinorVersion | undefined;
  /** The files that flags name; absent where they were not read. */
  readonly authentication?: ConfigDocument;
  readonly authorization?: ConfigDocument;
  readonly encryption?: ConfigDocument;
  readonly auditPolicy?: ConfigDocument;
}

/** Whether requests without a credential are taken; `paths`: only for these, where the file narrows them. */
export interface AnonymousRequests {
  readonly enabled: boolean;
  readonly paths: readonly string[];
}

export interface EffectiveApiServer {
  /** A flag by name, its default included; of a table that holds what benchmark items read. */
  setting(flag: string): Setting<SettingValue>;
  readonly anonymous: Setting<AnonymousRequests>;
  /** Modes in the order in which they are asked. */
  readonly authorizers: Setting<readonly string[]>;
  /** Empty where encryption is not configured: everything is stored as it is. */
  readonly encryption: Setting<readonly EncryptedResources[]>;
  /** The provider that writes a resource. */
  encryptionOf(resource: string, group?: string): Setting<EncryptionProvider>;
  admission(plugin: string): Setting<boolean>;
  /** Empty where no policy is set: nothing is recorded. */
  readonly auditRules: Setting<readonly AuditRule[]>;
}

/** What an API server goes by, with the files that its flags name. */
export function effectiveApiServer(input: ApiServerInput): EffectiveApiServer {
  const flags = componentFlags('kube-apiserver', input.args, input.version);
  /** What a file says that a flag names, or what holds where the flag is not given. */
  const fileOf = <T>(flag: string, document: ConfigDocument | undefined, read: (document: ConfigDocument) => Readable<T>, without: (from: Origin) => Setting<T>): Setting<T> => {
    const path = flags.setting(flag);
    if (path.state === 'unreadable') return path;
    if (path.value === '') return without(path.from);
    if (!document) return unreadable('not-read', `the file that --${flag} names was not read`);
    const content = read(document);
    return content.state === 'read' ? { ...content, from: { source: 'file', path: document.path } } : content;
  };

  const modes = flags.setting('authorization-mode') as Setting<readonly string[]>;
  const authorizers = fileOf('authorization-config', input.authorization, readAuthorizers, () => modes);
  const encryption = fileOf('encryption-provider-config', input.encryption, readEncryptionConfiguration, (from) => ({ state: 'read', value: [], from }));

  return {
    setting: flags.setting,
    anonymous: anonymousOf(),
    authorizers: flags.has('authorization-mode') && isNamed(flags.setting('authorization-config')) ? unreadable('contradictory', '--authorization-mode is given beside --authorization-config, with which the server does not start') : authorizers,
    encryption,
    encryptionOf: (resource, group) => (encryption.state === 'read' ? { ...encryption, value: writerOf(encryption.value, resource, group) } : encryption),
    admission: (plugin) => admissionPlugin(flags, plugin),
    auditRules: fileOf('audit-policy-file', input.auditPolicy, readAuditPolicy, (from) => ({ state: 'read', value: [], from })),
  };

  function anonymousOf(): Setting<AnonymousRequests> {
    const flag = flags.setting('anonymous-auth');
    const byFlag: Setting<AnonymousRequests> = flag.state === 'read' ? { ...flag, value: { enabled: flag.value === true, paths: [] } } : flag;
    const path = flags.setting('authentication-config');
    if (path.state === 'unreadable') return path;
    if (path.value !== '') {
      // A flag that is given excludes the same in the file, so that it decides whatever the file says.
      if (flags.has('anonymous-auth')) return stomped(byFlag);
      if (!input.authentication) return unreadable('not-read', 'the file that --authentication-config names was not read');
      const content = readAuthenticationConfiguration(input.authentication);
      if (content.state === 'unreadable') return content;
      const { anonymous } = content.value;
      if (anonymous) return { state: 'read', value: { enabled: anonymous.enabled, paths: anonymous.enabled ? anonymous.paths : [] }, from: { source: 'file', path: input.authentication.path } };
    }
    return stomped(byFlag);
  }

  /** With AlwaysAllow among the modes of the flag, and only there, the server takes no anonymous requests (`ApplyAuthorization`). */
  function stomped(setting: Setting<AnonymousRequests>): Setting<AnonymousRequests> {
    if (setting.state === 'unreadable' || !setting.value.enabled) return setting;
    const config = flags.setting('authorization-config');
    if (config.state === 'unreadable') return config;
    if (config.value !== '') return setting;
    if (modes.state === 'unreadable') return modes;
    return modes.value.includes('AlwaysAllow') ? { state: 'read', value: { enabled: false, paths: [] }, from: modes.from } : setting;
  }
}

const isNamed = (setting: Setting<SettingValue>): boolean => setting.state === 'read' && setting.value !== '';
