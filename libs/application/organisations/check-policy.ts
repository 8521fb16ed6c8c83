import { severities } from '#controls/engine/control.js';
import { valuePattern } from '#controls/governance/value-pattern.js';
import type { InputChecks } from '../input-checks.js';
import type { ControlIdOf, NewPolicy } from './organisation-policy.service.js';
import type { Policy } from './policy.js';

/** `host[:port][/path]` as image references begin, such as `registry.example.com/team`. */
const registry = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*$/;
/** A key of labels and annotations with or without prefix, then perhaps a pattern for its value. */
const required = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?(?:=[^\s=]{1,253})?$/;
const MOST = { registries: 200, names: 50, days: 400, age: 3650, reason: 500 } as const;

/** What of a policy is given, in its plain form: each list once, controls by their name of today. */
export function checkPolicy({ trustedRegistries, requiredLabels, requiredAnnotations, approvedSensors, approvedNodeImages, secretMaxAgeDays, evidenceDays, nodeEvidenceMaxAgeDays, controls }: NewPolicy, controlIdOf: ControlIdOf, checks: InputChecks): Partial<Policy> {
  const names = (field: string, values: readonly string[] | null | undefined, most: number, isValid: (value: string) => boolean, wanted: string): void => {
    checks.require((values?.length ?? 0) <= most, `/${field}`, `at most ${most}`);
    for (const [i, value] of (values ?? []).entries()) checks.require(isValid(value), `/${field}/${i}`, wanted);
  };
  // What judging would not understand is told to who decides it, and not in every scan.
  const isRequirement = (value: string): boolean => required.test(value) && (!value.includes('=') || valuePattern(value.slice(value.indexOf('=') + 1)) !== undefined);
  const isName = (value: string): boolean => value.trim() === value && value !== '' && value.length <= 100;
  names('trustedRegistries', trustedRegistries, MOST.registries, (value) => value.length <= 253 && registry.test(value), 'a registry host, or host and path, in lower case and without scheme or tag');
  names('requiredLabels', requiredLabels, MOST.names, isRequirement, 'a label key, or key=pattern with a regular expression for the whole value, without back references and looking around');
  names('requiredAnnotations', requiredAnnotations, MOST.names, isRequirement, 'an annotation key, or key=pattern with a regular expression for the whole value, without back references and looking around');
  names('approvedSensors', approvedSensors, MOST.names, isName, 'a name of 1 to 100 characters, without space around');
  names('approvedNodeImages', approvedNodeImages, MOST.names, isName, 'how an OS image begins: 1 to 100 characters, without space around');
  const isBetween = (value: number, least: number, most: number): boolean => Number.isInteger(value) && value >= least && value <= most;
  checks.require(secretMaxAgeDays === undefined || secretMaxAgeDays === null || isBetween(secretMaxAgeDays, 1, MOST.age), '/secretMaxAgeDays', `a whole number of days from 1 to ${MOST.age}`);
  for (const [field, days] of Object.entries({ evidenceDays, nodeEvidenceMaxAgeDays })) checks.require(days === undefined || isBetween(days, 1, MOST.days), `/${field}`, `a whole number of days from 1 to ${MOST.days}`);

  const decided = new Set<string>();
  const decisions = (controls ?? []).map(({ controlId: name, severity = null, isOff = false, reason }, i) => {
    const controlId = controlIdOf(name) ?? name;
    checks.require(controlIdOf(name) !== undefined, `/controls/${i}/controlId`, 'the id of a control in the catalogue');
    checks.require(!decided.has(controlId), `/controls/${i}/controlId`, 'a control that is not decided of twice');
    checks.require(severity === null || severities.includes(severity), `/controls/${i}/severity`, `one of ${severities.join(', ')}`);
    checks.require(severity !== null || isOff, `/controls/${i}`, 'a severity, or that the control is off');
    checks.text(reason, `/controls/${i}/reason`, MOST.reason);
    decided.add(controlId);
    return { controlId, severity, isOff, reason };
  });
  const once = (values: readonly string[]): readonly string[] => [...new Set(values)];
  return {
    ...(trustedRegistries !== undefined && { trustedRegistries: trustedRegistries && once(trustedRegistries) }),
    ...(requiredLabels !== undefined && { requiredLabels: once(requiredLabels) }),
    ...(requiredAnnotations !== undefined && { requiredAnnotations: once(requiredAnnotations) }),
    ...(approvedSensors !== undefined && { approvedSensors: approvedSensors && once(approvedSensors) }),
    ...(approvedNodeImages !== undefined && { approvedNodeImages: approvedNodeImages && once(approvedNodeImages) }),
    ...(secretMaxAgeDays !== undefined && { secretMaxAgeDays }),
    ...(evidenceDays !== undefined && { evidenceDays }),
    ...(nodeEvidenceMaxAgeDays !== undefined && { nodeEvidenceMaxAgeDays }),
    ...(controls !== undefined && { controls: decisions }),
  };
}
