import type { Control } from '../engine/control.js';
import { admissionWebhookHealth } from './admission-webhook-health.js';
import { benchmarkSchedule } from './benchmark-schedule.js';
import { brokenReferences } from './broken-references.js';
import { deprecatedApis } from './deprecated-apis.js';
import { knownVulnerabilities } from './known-vulnerabilities.js';
import { requiredLabels } from './required-labels.js';
import { unusedRbac } from './unused-rbac.js';
import { versionSkew } from './version-skew.js';
import { versionSupport } from './version-support.js';

export const governanceControls: readonly Control[] = [unusedRbac, versionSupport, versionSkew, knownVulnerabilities, admissionWebhookHealth, brokenReferences, deprecatedApis, requiredLabels, benchmarkSchedule];
