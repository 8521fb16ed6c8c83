import type { SettingValue } from '#inventory/components/flag-definitions.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import type { Component } from '../../component.js';
import { combine, type Finding } from '../finding.js';
import type { FlagSettings, NodeView } from './node-view.js';
import { judgeSetting } from './settings.js';
import type { Started } from './started.js';

/** What a control, or a part of one, asks of a component, asked of a node's evidence. */
export interface PartRule {
  readonly component: Component;
  judge(view: NodeView, started: Started, version: MinorVersion): Finding;
}

/** Settings of a component by its flags' names. */
export type Settings = FlagSettings['setting'];

/** A part that some flags decide. */
export const byFlags = (component: Component, judge: (setting: Settings, version: MinorVersion) => Finding): PartRule => ({
  component, judge: (view, started, version) => judge(view.settingsOf(started, version).setting, version),
});

export const isNamed = (value: SettingValue): boolean => value !== '' && !(Array.isArray(value) && value.length === 0);

/** Every one of these flags is to name something. */
export const named = (setting: Settings, flags: readonly string[], harm: string): Finding =>
  combine('all', flags.map((flag) => judgeSetting(setting(flag), `--${flag}`, isNamed, `--${flag} is not set: ${harm}`)));

export const isSwitched = (setting: Settings, flag: string, to: boolean, harm: string): Finding =>
  judgeSetting(setting(flag), `--${flag}`, (value) => value === to, () => `--${flag} is not ${String(to)}: ${harm}`);
