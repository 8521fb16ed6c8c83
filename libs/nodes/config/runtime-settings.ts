import type { RuntimeSettings } from '../config-facts.js';
import { bundleLimits } from '../limits.js';
import { bounded } from './fields.js';
import { ConfigError } from './config-error.js';

/** Lines of containerd's and CRI-O's TOML that name directories of network configuration; nothing else of it is read. */
const directory = /^\s*(?:conf_dir|network_dir|conf_dirs)\s*=\s*(.*)$/gm;

export function runtimeSettings(text: string): RuntimeSettings {
  const cniDirectories = Array.from(text.matchAll(directory), ([, value]) => value!).flatMap((value) => Array.from(value.replace(/\s#.*$/, '').matchAll(/(["'])([^"']*)\1/g), ([, , path]) => bounded(path!, 'A directory')));
  if (cniDirectories.length > bundleLimits.configItems) throw new ConfigError('It names more directories than a runtime has.');
  return { cniDirectories: [...new Set(cniDirectories.filter((path) => path.startsWith('/')))] };
}
