import { shownValue } from '#controls/engine/shown-value.js';
import type { Origin, Setting, Unreadable } from '#inventory/components/readable.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import type { Component } from '../../component.js';
import { collector, combine, doesNotApply, failsBy, passes, unknownFor, type Finding } from '../finding.js';
import type { NodeView, Presence } from './node-view.js';
import type { Started } from './started.js';

/** Judges a component on a node: every process of it, at every version that it may be of. */
export function judgeComponent(view: NodeView, component: Component, judge: (started: Started, version: MinorVersion) => Finding): Finding {
  const presence = view.presence(component);
  if (presence.state !== 'runs') return notRunning(presence);
  return combine('all', presence.as.map((started) => {
    if (started.lacks !== undefined) return unknownFor(started.lacks, collector);
    return atEveryVersion(view.versionsOf(component).map((version) => judge(started, version)), component);
  }));
}

/** What holds at every version holds; what does not is unknown. */
function atEveryVersion(findings: readonly Finding[], component: Component): Finding {
  const last = findings.at(-1)!;
  return findings.every(({ status }) => status === last.status) ? last : unknownFor(`the version of ${component}, on which it depends`, collector);
}

export function notRunning(presence: Exclude<Presence, { state: 'runs' }>): Finding {
  return presence.state === 'absent' ? doesNotApply(presence.detail, { source: 'node' }) : unknownFor(presence.detail, collector);
}

export const unreadable = ({ detail }: Unreadable): Finding => unknownFor(detail, collector);

/** Judges a setting in force by its value. */
export function judgeSetting<T>(setting: Setting<T>, name: string, isRight: (value: T) => boolean, message: string | ((value: T) => string)): Finding {
  if (setting.state === 'unreadable') return unreadable(setting);
  const where = whereOf(setting.value, setting.from, name);
  return isRight(setting.value) ? passes(where) : failsBy(typeof message === 'string' ? message : message(setting.value), where);
}

/** The value that decided, and where it stands. */
export function whereOf(value: unknown, from: Origin, name: string): Pick<Finding, 'found' | 'source' | 'at'> {
  const found = shownValue(value);
  switch (from.source) {
    case 'default': return { found, source: 'node', at: `default of ${name}${from.minor === undefined ? '' : ` in ${from.minor}`}` };
    case 'flag': return { found, source: 'flags', at: `--${from.flag}` };
    case 'environment': return { found, source: 'flags', at: from.variable };
    case 'file':
    case 'drop-in': return { found, source: 'node', at: `${name} in ${from.path}` };
    case 'configz': return { found, source: 'configz', at: name };
  }
}
