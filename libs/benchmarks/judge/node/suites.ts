import { weakSuites } from '#controls/control-plane/tls-suites.js';
import type { SettingValue } from '#inventory/components/flag-definitions.js';
import type { Setting } from '#inventory/components/readable.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import { collector, failsBy, passes, unknownFor, type Finding } from '../finding.js';
import { unreadable, whereOf } from './settings.js';

interface Named {
  readonly name: string;
  readonly setting: Setting<SettingValue>;
}

/** What a server offers for TLS. Where TLS 1.3 is the least, that decides, for its suites cannot be chosen. */
export function judgeSuites(who: string, suites: Named, minimum: Named, version: MinorVersion): Finding {
  if (minimum.setting.state === 'unreadable') return unreadable(minimum.setting);
  if (suites.setting.state === 'unreadable') return unreadable(suites.setting);
  const weak = weakSuites(who, suites.setting.value as readonly string[], minimum.setting.value as string, version);
  const where = minimum.setting.value === 'VersionTLS13' ? whereOf(minimum.setting.value, minimum.setting.from, minimum.name) : whereOf(suites.setting.value, suites.setting.from, suites.name);
  if (!weak) return passes(where);
  return 'message' in weak ? failsBy(weak.message, where) : unknownFor(weak.detail, collector);
}
