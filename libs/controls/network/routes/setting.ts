import type { MissingEvidence } from '#inventory/observed.js';

/** What a controller was told about one concern of a route. */
export type Setting =
  | { readonly state: 'set' }
  | { readonly state: 'none' }
  /** The controller has nothing of the kind: it is done elsewhere. */
  | { readonly state: 'no-such-setting'; readonly because: string }
  | { readonly state: 'unknown'; readonly missing: MissingEvidence };

export const set: Setting = { state: 'set' };
export const none: Setting = { state: 'none' };
export const noSuchSetting = (because: string): Setting => ({ state: 'no-such-setting', because });

/** The first that is not set counts: a route is as open as the most open of its rules. */
export function least(settings: readonly Setting[]): Setting {
  return settings.find(({ state }) => state === 'none') ?? settings.find(({ state }) => state === 'unknown') ?? settings[0] ?? none;
}
